// AppScript
