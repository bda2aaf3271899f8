package dev.millrace.server.cli;

import java.io.Console;

/** Whether somebody looks on. */
final class Terminal {
    private Terminal() {}

    /** Whether standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again where there is no terminal.
    static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
