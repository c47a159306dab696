print("apolune-runner")
