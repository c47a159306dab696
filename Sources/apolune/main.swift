import Commands
import Glibc

// A reader that goes away early (`apolune reference | head`) is no crash: writing then fails, and that is all.
signal(SIGPIPE, SIG_IGN)
exit(await Program.run(Array(CommandLine.arguments.dropFirst())))
