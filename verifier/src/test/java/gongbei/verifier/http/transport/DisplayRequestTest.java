package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import gongbei.testing.Seeds;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DisplayRequestTest {
  private static final String SUBJECT = "000102030405060708090a0b0c0d0e0f";
  private static final ObjectReader JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .reader();

  private final DisplayRequest request = new DisplayRequest();

  private boolean isRead(String json) {
    final byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return request.read(body, body.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\'',
      value = {
        "{'subject':'S'};60",
        " {'subject' : 'S' , 'ttlSeconds': 90 }\t;90",
        "{'ttlSeconds':1,'subject':'S'};1",
        "{'subject':'S','ttlSeconds':86400};86400"
      })
  void theCommonestRequestsAreRead(String json, int ttlSeconds) {
    assertTrue(isRead(json.replace('\'', '"').replace("S\"", SUBJECT + "\"")), json);
    assertEquals(SUBJECT, request.subject().toHex());
    assertEquals(ttlSeconds, request.ttlSeconds());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{'ttlSeconds':60}",
        "{'subject':'S','subject':'S'}",
        "{'subject':'S','ttlSeconds':60,'ttlSeconds':60}",
        "{'subject':'S','ttlSeconds':0}",
        "{'subject':'S','ttlSeconds':060}",
        "{'subject':'S','ttlSeconds':60.0}",
        "{'subject':'S','ttlSeconds':6e1}",
        "{'subject':'S','ttlSeconds':-60}",
        "{'subject':'S','ttlSeconds':86401}",
        "{'subject':'S','ttlSeconds':99999999999999999999}",
        "{'subject':'S','ttlSeconds':'60'}",
        "{'subject':'S','kind':'paper'}",
        "{'subject':'S','reserve':12}",
        "{'subject':'S'}}",
        "{'subject':'S'",
        "{'subject':'S',}",
        "{'subject':'00'}",
        "{'subject':null}",
        "[]"
      })
  void anyOtherIsLeftToItsResource(String json) {
    assertFalse(isRead(json.replace('\'', '"').replace("S\"", SUBJECT + "\"")), json);
  }

  /** What is read here is never looked at by the strict reader again. */
  @Test
  void whatIsReadIsWhatAReaderOfJsonReads() throws IOException {
    final Random random = Seeds.random("display requests");
    final String[] good = {
      "{\"subject\":\"" + SUBJECT + "\"}",
      "{\"subject\":\"" + SUBJECT + "\",\"ttlSeconds\":60}",
      "{\"ttlSeconds\":61, \"subject\":\"" + SUBJECT + "\"}"
    };
    final String signs = "{}[]\":,\\ 019aAfFgeE.-+\n\u0000subjecttSn";
    int read = 0;
    for (int i = 0; i < 300_000; i++) {
      final StringBuilder json = new StringBuilder(good[random.nextInt(good.length)]);
      for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
        final int at = random.nextInt(json.length());
        final char sign = signs.charAt(random.nextInt(signs.length()));
        switch (random.nextInt(3)) {
          case 0 -> json.setCharAt(at, sign);
          case 1 -> json.insert(at, sign);
          default -> json.deleteCharAt(at);
        }
      }
      if (isRead(json.toString())) {
        read++;
        assertSame(json.toString());
      }
    }
    assertTrue(read > 1_000, read + " were read");
  }

  private void assertSame(String json) throws IOException {
    final JsonNode object = JSON.readTree(json);
    assertEquals(
        object.path("subject").textValue().toLowerCase(Locale.ROOT),
        request.subject().toHex(),
        json);
    assertEquals(
        object.path("ttlSeconds").asInt(Limits.DEFAULT_CODE_SECONDS), request.ttlSeconds(), json);
    object
        .fieldNames()
        .forEachRemaining(name -> assertTrue(Set.of("subject", "ttlSeconds").contains(name), json));
  }
}
