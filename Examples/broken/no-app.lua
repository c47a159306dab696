local count = 1
