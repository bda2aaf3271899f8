package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

class Rfc3339Test {
    private static long parse(String text) {
        byte[] bytes = ("ab" + text + "9").getBytes(US_ASCII);
        return Rfc3339.parse(bytes, 2, text.length());
    }

    @ParameterizedTest
    @CsvSource({
        "1985-04-12T23:20:50.52Z,        1985-04-12T23:20:50.520Z",
        "1996-12-19T16:39:57-08:00,      1996-12-20T00:39:57Z",
        "1990-12-31T23:59:60Z,           1990-12-31T23:59:59.999Z",
        "1990-12-31T15:59:60.5-08:00,    1990-12-31T23:59:59.999Z",
        "1937-01-01T12:00:27.87+00:20,   1937-01-01T11:40:27.870Z",
        "2026-01-31t12:00:00z,           2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00-00:00,      2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.1234567890123456789Z, 2026-01-31T12:00:00.123Z",
        "2026-01-31T12:00:00.9999Z,      2026-01-31T12:00:00.999Z",
        "1969-12-31T23:59:59.9999Z,      1969-12-31T23:59:59.999Z",
        "2024-02-29T00:00:00Z,           2024-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z,           2000-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z,           0000-01-01T00:00:00Z",
        "0000-02-29T00:00:00Z,           0000-02-29T00:00:00Z",
        "9999-12-31T23:59:59.999Z,       9999-12-31T23:59:59.999Z",
        "2026-01-31T00:00:00+23:59,      2026-01-30T00:01:00Z"
    })
    void dateTimesAreRead(String text, Instant instant) {
        assertThat(parse(text)).isEqualTo(instant.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-31",
                "2026-01-31T12:00:00",
                "2026-01-31 12:00:00Z",
                "2026-01-31T12:00Z",
                "2026-1-31T12:00:00Z",
                "2026-01-31T12:00:00.Z",
                "2026-01-31T12:00:00,5Z",
                "2026-01-31T12:00:00ZZ",
                "2026-01-31T12:00:00+0100",
                "2026-01-31T12:00:00+01",
                "2026-01-31T12:00:00+24:00",
                "2026-01-31T12:00:00+01:60",
                "2026-01-31T24:00:00Z",
                "2026-01-31T12:60:00Z",
                "2026-01-31T12:00:61Z",
                "2026-00-31T12:00:00Z",
                "2026-13-31T12:00:00Z",
                "2026-01-00T12:00:00Z",
                "2026-01-32T12:00:00Z",
                "2026-04-31T12:00:00Z",
                "2026-02-29T12:00:00Z",
                "1900-02-29T12:00:00Z",
                "20260131T120000.000Z",
                "+2026-01-31T12:00:00Z",
                "-026-01-31T12:00:00Z",
                "2026-01-31T12:00:00.1",
                "2026-01-31T12:00:0xZ"
            })
    void whatIsNoDateTimeIsInvalid(String text) {
        assertThat(parse(text)).isEqualTo(Rfc3339.INVALID);
    }

    @Test
    void everyDayOfTenThousandYearsAgreesWithTheCalendar() {
        LocalDate end = LocalDate.of(9999, 12, 31);
        for (LocalDate day = LocalDate.of(0, 1, 1); !day.isAfter(end); day = day.plusDays(17)) {
            OffsetDateTime noon = day.atTime(12, 30, 45).atOffset(ZoneOffset.ofHours(2));
            assertThat(parse(day + "T12:30:45+02:00")).isEqualTo(noon.toInstant().toEpochMilli());
        }
    }
}
