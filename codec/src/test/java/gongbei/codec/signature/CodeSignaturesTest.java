package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.TestCodes;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CodeSignaturesTest {
  private final CodeSignatures signatures = new CodeSignatures(new BouncyCastleEngine(), 4);

  private static HealthCode valid(CodeFormat format) {
    final byte[] text = TestCodes.ascii(TestCodes.valid(format));
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length));
    return code;
  }

  /** Another key by the kid of a key. */
  private static IssuerKey namesake(IssuerKey key, IssuerKey of) {
    return new IssuerKey(
        key.issuer(),
        of.kid(),
        of.algorithm(),
        key.publicKey(),
        of.formats(),
        key.hcertTypes(),
        key.notBeforeEpochSeconds(),
        key.notAfterEpochSeconds());
  }

  @Test
  void eachCodesSignerIsFoundAmongAllKeysOfItsKid() {
    final IssuerKey macau = TestCodes.MO.issuerKey();
    final IssuerKey other = namesake(TestCodes.XX.issuerKey(), macau);
    for (final List<IssuerKey> keys : List.of(List.of(other, macau), List.of(macau, other))) {
      signatures.begin(new TrustList(keys));
      final int index = signatures.add(valid(CodeFormat.MO1));
      assertEquals(CodeSignatures.NO_KEY, signatures.add(valid(CodeFormat.GD1)));
      signatures.verify();
      assertEquals(keys.get(0).equals(macau), signatures.isOfFirstKey(index));
      assertSame(macau, signatures.signer(index));
    }
  }

  @Test
  void whatNoKeyOfItsKidHasSignedHasNoSigner() {
    final IssuerKey macau = TestCodes.MO.issuerKey();
    final IssuerKey other = namesake(TestCodes.XX.issuerKey(), macau);
    signatures.begin(new TrustList(List.of(other)));
    final int index = signatures.add(valid(CodeFormat.MO1));
    signatures.verify();
    assertFalse(signatures.isOfFirstKey(index));
    assertNull(signatures.signer(index));
  }

  @Test
  void codesOfABatchAreToldApart() {
    signatures.begin(new TrustList(List.of(TestCodes.GD.issuerKey(), TestCodes.MO.issuerKey())));
    final int guangdong = signatures.add(valid(CodeFormat.GD1));
    final int macau = signatures.add(valid(CodeFormat.MO1));
    signatures.verify();
    assertSame(TestCodes.GD.issuerKey(), signatures.signer(guangdong));
    assertSame(TestCodes.MO.issuerKey(), signatures.signer(macau));
  }
}
