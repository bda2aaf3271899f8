package dev.millrace.server.e2e;

import dev.millrace.server.Main;
import dev.millrace.testing.server.ServerCommand;
import dev.millrace.testing.server.ServerProcess;

import java.nio.file.Path;

/** Starts this build's server. */
final class Servers {
    private static final ServerCommand SERVE = ServerCommand.serve(Main.class.getName());

    private Servers() {}

    /** Waits until it takes events. */
    static ServerProcess start(Path data) {
        return ServerProcess.start(SERVE, data);
    }

    /** Returns while it is still starting. */
    static ServerProcess launch(Path data) {
        return ServerProcess.launch(SERVE, data);
    }
}
