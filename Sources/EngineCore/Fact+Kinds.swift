extension Fact {
  /// Whether recovery needs the fact.
  public var isDurable: Bool {
    switch change {
    case .demandObserved, .inputIgnored, .runnerWaits, .runnerProcessEnded, .nodesSeen, .strayFound, .strayEnded: false
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerRequested, .runnerPlaced, .runnerReplacing, .runnerStarted, .runnerAdopted,
      .runnerReady, .runnerLinkLost, .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried,
      .runnerCrashed, .runnerDraining, .runnerTerminating, .runnerEnded:
      true
    }
  }

  /// Whether somebody is told that it is so, and relies on it through a power failure. Facts about runners are not: in a
  /// power failure the runners end too.
  public var isPromise: Bool {
    switch change {
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .runnerReplacing:
      true
    case .runnerRequested, .runnerPlaced, .runnerWaits, .runnerStarted, .runnerAdopted, .runnerReady, .runnerLinkLost,
      .runnerProcessEnded, .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerCrashed,
      .runnerDraining, .runnerTerminating, .runnerEnded, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      false
    }
  }

  /// The fact's name, as histories show it.
  public var kind: String {
    switch change {
    case .revisionAdded: "revisionAdded"
    case .revisionDeleted: "revisionDeleted"
    case .rolloutStarted: "rolloutStarted"
    case .aliasMoved: "aliasMoved"
    case .rolloutEnded: "rolloutEnded"
    case .settingsChanged: "settingsChanged"
    case .authChanged: "authChanged"
    case .appRemoved: "appRemoved"
    case .appForgotten: "appForgotten"
    case .runnerRequested: "runnerRequested"
    case .runnerPlaced: "runnerPlaced"
    case .runnerWaits: "runnerWaits"
    case .runnerReplacing: "runnerReplacing"
    case .runnerStarted: "runnerStarted"
    case .runnerAdopted: "runnerAdopted"
    case .runnerReady: "runnerReady"
    case .runnerLinkLost: "runnerLinkLost"
    case .runnerProcessEnded: "runnerProcessEnded"
    case .runnerStartFailed: "runnerStartFailed"
    case .runnerNotPlaced: "runnerNotPlaced"
    case .runnerBackedOff: "runnerBackedOff"
    case .runnerRetried: "runnerRetried"
    case .runnerCrashed: "runnerCrashed"
    case .runnerDraining: "runnerDraining"
    case .runnerTerminating: "runnerTerminating"
    case .runnerEnded: "runnerEnded"
    case .demandObserved: "demandObserved"
    case .nodesSeen: "nodesSeen"
    case .strayFound: "strayFound"
    case .strayEnded: "strayEnded"
    case .inputIgnored: "inputIgnored"
    }
  }

  /// The runner that it is about.
  public var runner: RunnerID? {
    switch change {
    case .runnerRequested(let id, _, _), .runnerPlaced(let id, _), .runnerWaits(let id, _), .runnerReplacing(let id),
      .runnerStarted(let id, _), .runnerAdopted(let id), .runnerReady(let id), .runnerLinkLost(let id),
      .runnerProcessEnded(let id, _),
      .runnerStartFailed(let id, _, _, _), .runnerNotPlaced(let id, _, _), .runnerBackedOff(let id, _),
      .runnerRetried(let id), .runnerCrashed(let id, _, _, _), .runnerDraining(let id, _),
      .runnerTerminating(let id, _, _), .runnerEnded(let id, _), .strayFound(let id, _), .strayEnded(let id):
      id
    case .revisionAdded, .revisionDeleted, .rolloutStarted, .aliasMoved, .rolloutEnded, .settingsChanged, .authChanged,
      .appRemoved, .appForgotten, .demandObserved, .nodesSeen, .inputIgnored:
      nil
    }
  }

  /// The revision that it names.
  public var revision: RevisionID? {
    switch change {
    case .revisionAdded(let revision): revision.id
    case .revisionDeleted(let id), .rolloutStarted(let id, _, _), .aliasMoved(let id), .rolloutEnded(let id, _),
      .runnerRequested(_, let id, _):
      id
    case .settingsChanged, .authChanged, .appRemoved, .appForgotten, .runnerPlaced, .runnerWaits, .runnerReplacing,
      .runnerStarted, .runnerAdopted, .runnerReady, .runnerLinkLost, .runnerProcessEnded,
      .runnerStartFailed, .runnerNotPlaced, .runnerBackedOff, .runnerRetried, .runnerCrashed, .runnerDraining,
      .runnerTerminating, .runnerEnded, .demandObserved, .nodesSeen, .strayFound, .strayEnded, .inputIgnored:
      nil
    }
  }
}
