local app = app "Words App" {
  auth = "pubic",
}
