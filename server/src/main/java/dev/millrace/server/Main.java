package dev.millrace.server;

/** The entry point of the {@code millrace} command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Logging.configure();
        System.err.println("There is no command yet.");
        System.exit(2);
    }
}
