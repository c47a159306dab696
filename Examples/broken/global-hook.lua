local app = app "words" {}

function setup(ctx)
end
