package dev.millrace.connect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

class UrlTemplateTest {
    private static final Environment ENVIRONMENT =
            name -> Optional.ofNullable(Map.of("TOKEN", "s3cret{value}").get(name));

    private static String url(String template, Object key) throws Exception {
        return UrlTemplate.parse(template, ENVIRONMENT).of(key).toString();
    }

    private static void refused(String template, String part) {
        assertThatThrownBy(() -> UrlTemplate.parse(template, ENVIRONMENT))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining(part)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void theValueIsPercentEncoded() throws Exception {
        assertThat(url("http://h/a/{value}?q={value}", "ä /?&#%"))
                .isEqualTo("http://h/a/%C3%A4%20%2F%3F%26%23%25?q=%C3%A4%20%2F%3F%26%23%25");
        assertThat(url("http://h/{value}", 5.0)).isEqualTo("http://h/5");
        assertThat(url("http://h/{value}", true)).isEqualTo("http://h/true");
    }

    @Test
    void whatAVariableHoldsIsNotLookedAtAgain() {
        // Were it, the braces of the variable would be taken for the place of the value.
        refused("http://h/${TOKEN}/{value}", "percent-encoded");
    }

    @Test
    void theOriginHoldsNoSecrets() throws Exception {
        Environment token = _ -> Optional.of("s3cret");

        assertThat(UrlTemplate.parse("https://h:81/{value}?t=${T}", token).origin())
                .isEqualTo("https://h:81");
    }

    @Test
    void wrongUrlsAreRefusedWithTheReason() {
        refused("http://h/sites", "no {value}");
        refused("ftp://h/{value}", "http://");
        refused("/a/{value}", "http://");
        refused("http://{value}/a", "path or the query");
        refused("http://{value}.example.org/a", "path or the query");
        refused("http://h:8{value}/a", "path or the query");
        refused("http://u:p@h/{value}", "Authorization");
        refused("http://h/a b/{value}", "percent-encoded");
        refused("http://h/{value}?t=${MISSING}", "MISSING");
    }
}
