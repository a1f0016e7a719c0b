package gongbei.codec.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TilePathTest {
  @ParameterizedTest
  @CsvSource({
    "tile/0/x001/x234/067, 0, 1234067, 256",
    "tile/1/000, 1, 0, 256",
    "tile/0/x273/000.p/1, 0, 273000, 1",
    "tile/entries/x001/x234/067.p/8, -1, 1234067, 8"
  })
  void pathsAreThoseOfC2spTlogTiles(String text, int level, long index, int width) {
    final TilePath tile = new TilePath(level, index, width);
    assertEquals(text, tile.text());
    assertEquals(Optional.of(tile), TilePath.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/1",
        "tile/0/x000/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/7/000",
        "tile/-1/000",
        "tile/0/000/",
        "tile/0/x001/1234",
        "tile/0/../000",
        "tile"
      })
  void whatIsNotWrittenAsAPathIsNone(String text) {
    assertEquals(Optional.empty(), TilePath.of(text));
  }

  @Test
  void aTileIsInATreeThatHasAllOfItsNodes() {
    assertTrue(new TilePath(0, 1, 44).isIn(300));
    assertFalse(new TilePath(0, 1, 45).isIn(300));
    assertTrue(new TilePath(1, 0, 1).isIn(300));
    assertFalse(new TilePath(1, 0, 2).isIn(300));
    assertFalse(new TilePath(6, 999_999_999_999_999_999L, 256).isIn(300));
    assertEquals(new TilePath(0, 1, 44), TilePath.in(0, 1, 300));
    assertEquals(new TilePath(TilePath.ENTRIES, 0, 256), TilePath.in(TilePath.ENTRIES, 0, 300));
  }
}
