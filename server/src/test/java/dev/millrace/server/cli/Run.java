package dev.millrace.server.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/** One run of the command in this process, with all that it said. */
record Run(int exitCode, String out, String err) {
    static Run millrace(String... arguments) {
        return millrace(Map.of(), arguments);
    }

    static Run millrace(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                MillraceCommand.run(
                        arguments, environment, new PrintWriter(out), new PrintWriter(err));
        return new Run(exitCode, out.toString(), err.toString());
    }
}
