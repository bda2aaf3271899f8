package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergePatchTest {
    /** The test cases of RFC 7396, appendix A, whose patch is an object, and some more. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'a':'b'}|{'a':'c'}|{'a':'c'}",
                "{'a':'b'}|{'b':'c'}|{'a':'b','b':'c'}",
                "{'a':'b'}|{'a':null}|{}",
                "{'a':'b','b':'c'}|{'a':null}|{'b':'c'}",
                "{'a':['b']}|{'a':'c'}|{'a':'c'}",
                "{'a':'c'}|{'a':['b']}|{'a':['b']}",
                "{'a':{'b':'c'}}|{'a':{'b':'d','c':null}}|{'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}|{'a':[1]}|{'a':[1]}",
                "{'e':null}|{'a':1}|{'e':null,'a':1}",
                "[1,2]|{'a':'b','c':null}|{'a':'b'}",
                "{}|{'a':{'bb':{'ccc':null}}}|{'a':{'bb':{}}}",
                "{'a':{'b':1}}|{}|{'a':{'b':1}}",
                "{'a':1,'b':2,'c':3}|{'b':4}|{'a':1,'b':4,'c':3}",
                "{'a':{'b':1}}|{'a':{'c':[{'d':null}]}}|{'a':{'b':1,'c':[{'d':null}]}}"
            })
    void isLaidOverAsTheRfcSays(String json, String patch, String merged) {
        assertThat(patched(quoted(json), quoted(patch))).isEqualTo(quoted(merged));
    }

    @Test
    void numbersAreKeptDigitForDigit() {
        String json = "{\"n\":[12345678901234567890123,0.10,1.0,-1.50E+400,7]}";
        assertThat(patched(json, "{\"a\":98765432109876543210.50}"))
                .isEqualTo(json.replace("]}", "],\"a\":98765432109876543210.50}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "null", "7", "\"text\"", "", "{", "{} {}"})
    void isRefusedIfItIsNoObject(String patch) {
        assertThatIllegalArgumentException().isThrownBy(() -> MergePatch.of(patch.getBytes(UTF_8)));
    }

    @Test
    void isNotLaidOverWhatIsNoJson() {
        assertThatIllegalStateException().isThrownBy(() -> patched("no json", "{}"));
    }

    @Test
    void isCutOutOfARequest() {
        byte[] request = "{\"a\":1,\"patch\":{\"n\":1.0}}".getBytes(UTF_8);
        assertThat(MergePatch.member(request, "patch")).asString(UTF_8).isEqualTo("{\"n\":1.0}");
        assertThatIllegalArgumentException().isThrownBy(() -> MergePatch.member(request, "a"));
    }

    private static String patched(String json, String patch) {
        return new String(MergePatch.of(patch.getBytes(UTF_8)).apply(json.getBytes(UTF_8)), UTF_8);
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
