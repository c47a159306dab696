local app = app "words" {
  auth = "public"
  keep_alive = "60s",
}
