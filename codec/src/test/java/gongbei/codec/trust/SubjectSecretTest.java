package gongbei.codec.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import gongbei.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SubjectSecretTest {
  @Test
  void visitorsOneAfterTheOtherHaveTheSubjectsThatEachHasAlone() {
    final SubjectSecret secret = SubjectSecret.generate();
    final SubjectSecret.Visitors visitors = secret.visitors();
    final Random random = Seeds.random(1);
    final byte[] buffer = new byte[40];
    for (int i = 0; i < 20; i++) {
      random.nextBytes(buffer);
      final Region region = i % 2 == 0 ? Region.GUANGDONG : Region.MACAU;
      assertArrayEquals(
          secret.visitor(region, buffer, i), visitors.subject(region, buffer, i), "visitor " + i);
    }
    assertFalse(
        Arrays.equals(
            secret.visitor(Region.GUANGDONG, buffer, 0), secret.visitor(Region.MACAU, buffer, 0)),
        "another region's");
  }

  @Test
  void oneDocumentHasOneSubjectHoweverItIsWritten() {
    final SubjectSecret secret = SubjectSecret.generate();
    final byte[] subject = secret.subject(DocumentType.MACAU_BIR, "1234567A");
    assertArrayEquals(subject, secret.subject(DocumentType.MACAU_BIR, " １２３４ 567a "));
    assertFalse(Arrays.equals(subject, secret.subject(DocumentType.MAINLAND_ID, "1234567A")));
  }
}
