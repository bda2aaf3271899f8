package dev.millrace.connect.kafka;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which topic of which cluster, with the variables put in.
 *
 * @param bootstrap {@code host:port}, one or more, separated by commas
 * @param properties of Kafka's clients; may hold secrets
 */
record KafkaSettings(String bootstrap, String topic, Map<String, String> properties) {
    private static final String BOOTSTRAP = "bootstrap";
    private static final String TOPIC = "topic";
    private static final String PROPERTIES = "properties";

    private static final Pattern ADDRESSES =
            Pattern.compile("[^\\s,:/]+:\\d{1,5}(\\s*,\\s*[^\\s,:/]+:\\d{1,5})*");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /**
     * What may be set: how to log in and how to write. The others are what the promises are made
     * of, or bounds.
     */
    private static final Pattern ALLOWED =
            Pattern.compile(
                    "security\\.protocol|sasl\\..+|ssl\\..+|compression\\.(type|.+\\.level)|client\\.rack|client\\.dns\\.lookup|max\\.request\\.size");

    static List<Setting> declared(Setting... further) {
        List<Setting> settings = new ArrayList<>();
        settings.add(
                new Setting.Text(
                        BOOTSTRAP,
                        true,
                        "addresses like broker1:9092,broker2:9092",
                        Optional.empty()));
        settings.add(new Setting.Text(TOPIC, true, "the name of a topic", Optional.empty()));
        settings.addAll(List.of(further));
        settings.add(
                new Setting.TextMap(
                        PROPERTIES,
                        false,
                        "a mapping of Kafka's client properties like {security.protocol: SASL_SSL}"));
        return List.copyOf(settings);
    }

    static KafkaSettings of(Settings settings, Environment environment)
            throws UnusableSourceException {
        String bootstrap = environment.fill(settings.requiredText(BOOTSTRAP)).strip();
        if (!ADDRESSES.matcher(bootstrap).matches()) {
            throw new UnusableSourceException(
                    "bootstrap must be addresses like broker1:9092,broker2:9092");
        }
        Map<String, String> properties = new HashMap<>();
        for (Map.Entry<String, String> one : settings.textMap(PROPERTIES).entrySet()) {
            if (!ALLOWED.matcher(one.getKey()).matches()) {
                throw new UnusableSourceException(
                        "the property '%s' cannot be set; allowed are security.protocol, sasl.*, ssl.*, compression.*, client.rack, client.dns.lookup and max.request.size"
                                .formatted(one.getKey()));
            }
            properties.put(one.getKey(), environment.fill(one.getValue()));
        }
        return new KafkaSettings(
                bootstrap,
                topic(environment.fill(settings.requiredText(TOPIC))),
                Map.copyOf(properties));
    }

    static String topic(String name) throws UnusableSourceException {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new UnusableSourceException(
                    "'%s' is no name of a topic: letters, digits, '.', '_' and '-', at most 249"
                            .formatted(name));
        }
        return name;
    }

    /** For messages. */
    String name() {
        return "Kafka at " + bootstrap;
    }

    /**
     * For a client.
     *
     * @param own what the definition must not change
     */
    Map<String, Object> client(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", bootstrap);
        all.put("metric.reporters", "");
        all.put("enable.metrics.push", false);
        all.putAll(own);
        return all;
    }
}
