local app = app "words" {}

while true do end
