package gongbei.codec.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Flags by their bits and by their names. */
final class HolderFlagTest {
  @Test
  void aStatusHasTheFlagsOfItsBits() {
    assertEquals(List.of(), HolderFlag.of(0));
    assertEquals(List.of(HolderFlag.VISITOR, HolderFlag.DECEASED), HolderFlag.of(1 | 4));
    assertEquals(List.of(HolderFlag.values()), HolderFlag.of(15));
  }

  @Test
  void anAuthoritySetsAllButTranslated() {
    assertEquals(Optional.of(HolderFlag.LINKED), HolderFlag.settable("linked"));
    assertEquals(Optional.empty(), HolderFlag.settable("translated"));
    assertEquals(Optional.empty(), HolderFlag.settable("LINKED"));
    assertEquals("visitor, linked, deceased", HolderFlag.settableNames(", "));
  }
}
