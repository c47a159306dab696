import Host
import Testing

@Suite struct IgnoreRulesTests {
  @Test(arguments: [
    (".git/index", true), ("lib/__pycache__/a.lua", true), (".app.lua.swp", true), ("4913", true), ("app.lua~", true),
    ("#app.lua#", true), ("app.lua", false), ("lib/count.lua", false), ("gitlike.lua", false),
  ])
  func editorsAndVersionControlAreIgnored(path: String, isIgnored: Bool) {
    #expect(IgnoreRules().ignores(path) == isIgnored)
  }

  @Test(arguments: [
    (["*.gen.lua"], "a/b.gen.lua", true), (["out/"], "out/a.lua", true), (["out/"], "a/out/b.lua", true),
    (["out/"], "out", false), (["/top.lua"], "top.lua", true), (["/top.lua"], "a/top.lua", false),
    (["a/*.lua"], "a/b.lua", true), (["a/*.lua"], "a/b/c.lua", false), (["*.lua", "!keep.lua"], "keep.lua", false),
    (["# note", "", "x.lua  "], "x.lua", true), (["!*.swp"], "a.swp", false), (["a/b"], "a/b/c.lua", true),
  ])
  func patternsMatchAsInGitignore(patterns: [String], path: String, isIgnored: Bool) {
    #expect(IgnoreRules(patterns: patterns).ignores(path) == isIgnored)
  }
}
