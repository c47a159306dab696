import EngineCore
import Testing

@Suite struct RestartPolicyTests {
  @Test(arguments: [(0, 0), (1, 30), (2, 60), (3, 90), (19, 570), (20, 600), (21, 600), (Int.max, 600)])
  func aDeployedAppWaitsThirtySecondsMoreAfterEachFailureUpToTenMinutes(failures: Int, seconds: Int) {
    #expect(RestartPolicy.persistent.delay(afterFailedStarts: failures) == .seconds(seconds))
  }

  @Test(arguments: [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (7, 32), (8, 60), (Int.max, 60)])
  func aWatchedAppIsReplacedAtOnceAfterItsFirstCrashAndThenEverLater(crashes: Int, seconds: Int) {
    #expect(RestartPolicy.ephemeral.delay(afterCrashes: crashes) == .seconds(seconds))
  }
}
