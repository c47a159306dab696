import Glibc
import Runner

exit(RunnerCommand.run(CommandLine.arguments))
