/// The tables of usage. Everything is kept by the hour, so that what they hold grows with the apps that are used and not
/// with their requests.
enum UsageSchema {
  /// `state` of `usage_runners` is that of `MeteredState`, or `running`: the part of `ready` in which there were requests.
  /// Runners that have not ended are in `usage_known`: what folding goes on from, together with the number of the last fact
  /// that was folded (`usage_position` in `server`), so that none counts twice.
  static let version1 = """
    CREATE TABLE usage_requests (
      hour INTEGER NOT NULL, owner TEXT NOT NULL, app TEXT NOT NULL, environment TEXT NOT NULL, revision TEXT NOT NULL,
      machine TEXT NOT NULL, gpus INTEGER NOT NULL, caller TEXT NOT NULL, key TEXT NOT NULL, payer TEXT NOT NULL,
      kind TEXT NOT NULL, requests INTEGER NOT NULL, failed INTEGER NOT NULL, units REAL NOT NULL,
      nanoseconds INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
      PRIMARY KEY (hour, owner, app, environment, revision, machine, gpus, caller, key, payer, kind)) WITHOUT ROWID;
    CREATE TABLE usage_runners (
      hour INTEGER NOT NULL, owner TEXT NOT NULL, app TEXT NOT NULL, environment TEXT NOT NULL, revision TEXT NOT NULL,
      machine TEXT NOT NULL, gpus INTEGER NOT NULL, state TEXT NOT NULL, nanoseconds INTEGER NOT NULL, cost REAL,
      PRIMARY KEY (hour, owner, app, environment, revision, machine, gpus, state)) WITHOUT ROWID;
    CREATE TABLE usage_known (runner TEXT PRIMARY KEY NOT NULL, content BLOB NOT NULL) WITHOUT ROWID;
    """

  static let position = "usage_position"

  static let addRequests = """
    INSERT INTO usage_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, failed = failed + excluded.failed,
      units = units + excluded.units, nanoseconds = nanoseconds + excluded.nanoseconds,
      bytes_in = bytes_in + excluded.bytes_in, bytes_out = bytes_out + excluded.bytes_out
    """

  static let addRunners = """
    INSERT INTO usage_runners VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET nanoseconds = nanoseconds + excluded.nanoseconds,
      cost = CASE WHEN excluded.cost IS NULL THEN cost ELSE ifnull(cost, 0) + excluded.cost END
    """
}
