import NIOCore
import NIOPosix
import Testing

@testable import Gateway

@Suite struct FlushQueueTests {
  private final class Writer: TickFlushable {
    var isFlushDue = false
    var flushes = 0
    var whenFlushed: () -> Void = {}

    func flushTick() {
      flushes += 1
      whenFlushed()
    }
  }

  @Test func whatIsAddedWhileOthersAreFlushedIsFlushedToo() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let counts: EventLoopFuture<[Int]> = loop.flatSubmit {
      let queue = FlushQueue(loop: loop.assumeIsolated())
      let (first, second, client) = (Writer(), Writer(), Writer())
      first.whenFlushed = {
        first.whenFlushed = {}
        queue.add(runner: first)
        queue.add(runner: second)
        queue.add(client: client)
      }
      queue.add(runner: first)
      // Two turns later everything has had its own.
      let promise = loop.makePromise(of: [Int].self)
      let result = NIOLoopBound((first, second, client), eventLoop: loop)
      loop.execute {
        loop.execute {
          let (first, second, client) = result.value
          promise.succeed([first.flushes, second.flushes, client.flushes])
        }
      }
      return promise.futureResult
    }
    #expect(try await counts.get() == [2, 1, 1])
  }
}
