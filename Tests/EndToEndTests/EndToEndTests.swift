import Testing

/// The programs as users start them: real processes, sockets and signals.
///
/// One test at a time: they share the machine's ports and cores, and a program that is started while another test makes a
/// pipe would hold that pipe open.
@Suite(.serialized) enum EndToEndTests {}
