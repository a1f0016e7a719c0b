package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
  void whatIsReadIsWhatAReaderOfJsonReads() throws Exception {
    ChangedTexts.check(
        "display requests",
        "{}[]\":,\\ 019aAfFgeE.-+\n\u0000subjecttSn",
        new ChangedTexts.Reader() {
          @Override
          public boolean reads(String json) {
            return isRead(json);
          }

          @Override
          public void check(String json) throws IOException {
            assertSame(json);
          }
        },
        "{\"subject\":\"" + SUBJECT + "\"}",
        "{\"subject\":\"" + SUBJECT + "\",\"ttlSeconds\":60}",
        "{\"ttlSeconds\":61, \"subject\":\"" + SUBJECT + "\"}");
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
