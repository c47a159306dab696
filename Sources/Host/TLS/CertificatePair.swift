import FoundationEssentials
import Glibc
import SwiftASN1
import X509

/// A certificate with its chain and its key, looked at before it is shown to anybody.
struct CertificatePair: Sendable {
  /// The server's own first.
  let chain: [Certificate]
  let key: Certificate.PrivateKey

  private init(chain: [Certificate], key: Certificate.PrivateKey) {
    self.chain = chain
    self.key = key
  }

  /// The server's own.
  var leaf: Certificate { chain[0] }

  var names: [CertificateName] { leaf.names }

  /// - Parameters:
  ///   - path: of the certificates in PEM; other parts of the file do not count.
  ///   - keyPath: of the key in PEM; may be the same.
  /// - Throws: what is wrong, in words for whoever named the files. Not for one that is not valid now: see `check`.
  static func read(_ path: String, key keyPath: String) throws(ServerFailure) -> CertificatePair {
    var chain: [Certificate] = []
    for part in try parts("certificate", path) where part.discriminator == Certificate.defaultPEMDiscriminator {
      do { chain.append(try Certificate(pemDocument: part)) } catch { throw .tlsInvalid("certificate", path, "\(error)") }
    }
    guard let leaf = chain.first else { throw .tlsInvalid("certificate", path, "it holds no certificate in PEM") }
    let parts = try Self.parts("key", keyPath).filter { $0.discriminator.hasSuffix("PRIVATE KEY") }
    guard let part = parts.first else { throw .tlsInvalid("key", keyPath, "it holds no private key in PEM") }
    guard !part.discriminator.hasPrefix("ENCRYPTED") else { throw .tlsInvalid("key", keyPath, "a password protects it") }
    let key: Certificate.PrivateKey
    do { key = try Certificate.PrivateKey(pemDocument: part) } catch { throw .tlsInvalid("key", keyPath, "\(error)") }
    guard key.publicKey == leaf.publicKey else { throw .keyOfAnother(keyPath, path) }
    return CertificatePair(chain: chain, key: key)
  }

  private static func parts(_ what: String, _ path: String) throws(ServerFailure) -> [PEMDocument] {
    let bytes: [UInt8]?
    do { bytes = try TLSFiles.read(path) } catch { throw .tlsFile(what, path, error.reason) }
    guard let bytes else { throw .tlsFile(what, path, nil) }
    // Whatever stands outside of the parts, as tools write it, does not matter: not even what encoding it is in.
    do { return try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self)) } catch {
      throw .tlsInvalid(what, path, "\(error)")
    }
  }

  /// Throws for one that is not valid at that time.
  func check(_ path: String, now: Date) throws(ServerFailure) {
    if now >= leaf.notValidAfter { throw .certificateExpired(path, leaf.notValidAfter.inWords) }
    if now < leaf.notValidBefore { throw .certificateNotValidYet(path, leaf.notValidBefore.inWords) }
  }

  /// The certificates, in PEM.
  func chainText() throws(ServerFailure) -> String {
    do {
      return try chain.map { try $0.serializeAsPEM().pemString + "\n" }.joined()
    } catch {
      throw .tlsFolder(error)
    }
  }

  /// The key, in PEM.
  func keyText() throws(ServerFailure) -> String {
    do { return try key.serializeAsPEM().pemString + "\n" } catch { throw .tlsFolder(error) }
  }
}

extension Certificate {
  /// What it vouches for; without names of other kinds.
  var names: [CertificateName] {
    guard let names = try? extensions.subjectAlternativeNames else { return [] }
    return names.compactMap { CertificateName($0) }
  }
}

extension Date {
  /// `2026-11-25T10:00:00Z`
  var inWords: String { formatted(Date.ISO8601FormatStyle()) }
}
