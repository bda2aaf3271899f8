package dev.millrace.server;

import dev.millrace.server.cli.MillraceCommand;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Set;

/** The entry point of the {@code millrace} command. */
public final class Main {
    /** Commands for whose servers much can be done while their flags are read. */
    private static final Set<String> SERVERS = Set.of("serve", "demo");

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        Logging.configure();
        Thread preparing =
                Thread.ofPlatform()
                        .daemon()
                        .name("millrace-prepare")
                        .unstarted(MillraceServer::prepare);
        if (args.length > 0 && SERVERS.contains(args[0])) {
            preparing.start();
        }
        int status =
                MillraceCommand.run(args, System.getenv(), writer(System.out), writer(System.err));
        // What it unpacks it also takes away.
        preparing.join();
        System.exit(status);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }
}
