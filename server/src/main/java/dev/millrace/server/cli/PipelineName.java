package dev.millrace.server.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.nio.file.Path;

/** Which pipeline a definition is of. */
final class PipelineName {
    private PipelineName() {}

    /**
     * What the definition states; where it states none or cannot be read, the file's name without
     * its ending, under which the server will tell what is wrong with it.
     */
    static String of(Path file, byte[] definition) {
        String stated = stated(definition);
        return stated.isEmpty()
                ? file.getFileName().toString().replaceFirst("\\.[^.]*$", "")
                : stated;
    }

    private static String stated(byte[] definition) {
        try {
            return YAMLMapper.shared().readTree(definition).path("pipeline").asString("");
        } catch (JacksonException _) {
            return "";
        }
    }
}
