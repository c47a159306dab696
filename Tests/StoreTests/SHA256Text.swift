import Crypto

@testable import Store

func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }
