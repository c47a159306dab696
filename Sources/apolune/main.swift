print("apolune")
