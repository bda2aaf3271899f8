package dev.millrace.connect.lookup;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables that {@code ${NAME}} stands for. */
@FunctionalInterface
public interface Environment {
    /** Of this process. */
    Environment SYSTEM = name -> Optional.ofNullable(System.getenv(name));

    Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

    Optional<String> value(String name);

    /**
     * Puts the variables into a text. What they hold is not looked at again.
     *
     * @throws UnusableSourceException if one is not set
     */
    default String fill(String text) throws UnusableSourceException {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            Optional<String> value = value(name);
            if (value.isEmpty()) {
                throw new UnusableSourceException(
                        "the variable %s is not set in the server's environment; set it and start the server again"
                                .formatted(name));
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(value.get()));
        }
        return matcher.appendTail(filled).toString();
    }
}
