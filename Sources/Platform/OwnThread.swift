import Glibc

/// A thread for work that blocks: reading a terminal, waiting in the kernel. It ends when its body returns.
public enum OwnThread {
  /// Runs `body` on a new thread; false when the system gives none.
  public static func start(_ body: sending @escaping () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private final class Body {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
  }
}
