package dev.millrace.server;

import dev.millrace.server.cli.MillraceCommand;

import java.io.PrintStream;
import java.io.PrintWriter;

/** The entry point of the {@code millrace} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Logging.configure();
        System.exit(
                MillraceCommand.run(args, System.getenv(), writer(System.out), writer(System.err)));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }
}
