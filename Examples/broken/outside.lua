local app = app "words" {
  files = { "../secrets/**", "/etc/passwd" },
  env = { ["A B"] = 1, PORT = 80 },
  data_mounts = { "data" },
}

app:endpoint("/", function(input) return input end)
