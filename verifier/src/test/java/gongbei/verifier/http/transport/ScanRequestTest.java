package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import gongbei.codec.code.CodeLimits;
import gongbei.verifier.limits.ClientLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScanRequestTest {
  private static final ObjectReader JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .reader();

  private final ScanRequest request = new ScanRequest();

  private boolean isRead(String json) {
    final byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return request.read(body, body.length);
  }

  private String code() {
    return text(request.codeStart(), request.codeLength());
  }

  private String checkpoint() {
    return text(request.checkpointStart(), request.checkpointLength());
  }

  private String text(int start, int length) {
    return new String(request.body(), start, length, StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'code':'GD1:6BF','checkpoint':'metro'};GD1:6BF;metro",
        "` {'checkpoint' : 'metro/1' ,\t'code': 'GD1: $%*+-./:' }\n`;GD1: $%*+-./:;metro/1",
        "{'checkpoint':'m','code':'}{,[]'};}{,[];m",
      })
  void theCommonestRequestsAreRead(String json, String code, String checkpoint) {
    assertTrue(isRead(json.replace('\'', '"')), json);
    assertEquals(code, code());
    assertEquals(checkpoint, checkpoint());
  }

  @Test
  void emptyTextsAreRead() {
    assertTrue(isRead("{\"code\":\"\",\"checkpoint\":\"\"}"));
    assertEquals("", code());
    assertEquals("", checkpoint());
  }

  @Test
  void aBufferIsReadToTheBodysEndAlone() {
    final byte[] body =
        "{\"code\":\"A\",\"checkpoint\":\"m\"}rest".getBytes(StandardCharsets.US_ASCII);
    assertTrue(request.read(body, body.length - 4));
    assertFalse(request.read(body, body.length - 5), "one sign less");
    assertFalse(request.read(body, body.length), "the rest is another's");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{'code':'A'}",
        "{'checkpoint':'m'}",
        "{'code':'A','code':'A','checkpoint':'m'}",
        "{'code':'A','checkpoint':'m','checkpoint':'m'}",
        "{'code':'A','checkpoint':'m',}",
        "{'code':'A','checkpoint':'m'",
        "{'code':'A','checkpoint':'m'}}",
        "{'code':'A','checkpoint':'m",
        "{'code':'A' 'checkpoint':'m'}",
        "{'code':1,'checkpoint':'m'}",
        "{'code':null,'checkpoint':'m'}",
        "{'code':'A','checkpoint':'m','at':'2026-01-01T00:00:00Z'}",
        "{'code':'A','checkpoint':'m','ruleset':'metro'}",
        "{'code':'\\u0041','checkpoint':'m'}",
        "{'code':'\u6e2f','checkpoint':'m'}",
        "{'code':'A\tB','checkpoint':'m'}"
      })
  void anyOtherIsLeftToItsResource(String json) {
    assertFalse(isRead(json.replace('\'', '"')), json);
  }

  @Test
  void whatIsLongerThanAnyCodeOrNameIsLeftToItsResource() {
    final String longest = "A".repeat(CodeLimits.MAX_TEXT_CHARACTERS);
    assertTrue(isRead("{\"code\":\"" + longest + "\",\"checkpoint\":\"m\"}"));
    assertFalse(isRead("{\"code\":\"" + longest + "A\",\"checkpoint\":\"m\"}"));
    final String name = "m".repeat(ClientLimits.MAX_CHECKPOINT_CHARACTERS);
    assertTrue(isRead("{\"code\":\"A\",\"checkpoint\":\"" + name + "\"}"));
    assertFalse(isRead("{\"code\":\"A\",\"checkpoint\":\"" + name + "m\"}"));
  }

  /** What is read here is never looked at by the strict reader again. */
  @Test
  void whatIsReadIsWhatAReaderOfJsonReads() throws Exception {
    ChangedTexts.check(
        "scan requests",
        "{}[]\":,\\ 019aAfF/.-+\n\u0000codechkpintG",
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
        "{\"code\":\"GD1:6BF\",\"checkpoint\":\"metro/1\"}",
        "{\"checkpoint\":\"metro\", \"code\":\"GD1:6BF\"}");
  }

  private void assertSame(String json) throws IOException {
    final JsonNode object = JSON.readTree(json);
    assertEquals(object.path("code").textValue(), code(), json);
    assertEquals(object.path("checkpoint").textValue(), checkpoint(), json);
    object
        .fieldNames()
        .forEachRemaining(name -> assertTrue(Set.of("code", "checkpoint").contains(name), json));
  }
}
