package gongbei.verifier.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class InputBudgetTest {
  private static final int OWN = 512;

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  @Test
  void whatIsShortFindsRoomThoughOthersHaveTakenAll() throws Exception {
    final InputBudget budget = new InputBudget(1_000, 1_500);
    final InputBudget.Share first = budget.open(address("192.0.2.1"), OWN);
    final InputBudget.Share second = budget.open(address("192.0.2.1"), OWN);
    final InputBudget.Share other = budget.open(address("192.0.2.2"), OWN);
    assertTrue(first.hold(OWN + 1_000));
    assertFalse(second.hold(OWN + 1), "its address has all that one may have");
    assertTrue(second.hold(OWN), "what is its own it has");
    assertTrue(other.hold(OWN + 500), "another address has its part");
    assertFalse(other.hold(OWN + 501), "and all have no more than there is");
    assertEquals(1_500, budget.bytes());
    assertEquals(2, budget.refusals());
    first.hold(OWN + 400);
    assertEquals(900, budget.bytes());
    assertTrue(other.hold(OWN + 501));
  }

  @Test
  void whatAConnectionHeldComesBackWhenItEndsAndItsAddressIsForgotten() throws Exception {
    final InputBudget budget = new InputBudget(1_000, 1_000);
    final InputBudget.Share one = budget.open(address("2001:db8::1"), OWN);
    final InputBudget.Share two = budget.open(address("2001:db8::2"), OWN);
    assertEquals(1, budget.clients(), "a /64 is one client");
    assertTrue(one.hold(OWN + 1_000));
    one.close();
    one.close();
    assertEquals(0, budget.bytes());
    assertTrue(one.hold(5_000), "what has ended holds nothing");
    assertEquals(0, budget.bytes());
    assertTrue(two.hold(OWN + 1_000));
    two.close();
    assertEquals(0, budget.clients());
    assertEquals(0, budget.bytes());
  }

  @Test
  void whatIsNotWholeIsKeptInABufferOfItsSizeAndCounted() throws Exception {
    final InputBudget budget = new InputBudget(4_096, 4_096);
    final PartialInput partial = new PartialInput(budget.open(address("192.0.2.1"), 0));
    final ByteBuf read = Unpooled.buffer(65_536).writeZero(3_000);
    read.setByte(2, 7);
    assertTrue(partial.add(ByteBufAllocator.DEFAULT, read, 10));
    assertEquals(64, budget.bytes());
    assertTrue(partial.add(ByteBufAllocator.DEFAULT, read, 1_990));
    assertEquals(2_000, partial.length());
    assertEquals(7, partial.bytes().getByte(2));
    assertEquals(2_048, budget.bytes());
    assertTrue(partial.alsoHolds(2_000));
    assertFalse(partial.add(ByteBufAllocator.DEFAULT, read, 1_000), "no room for 4,096 and 2,000");
    assertEquals(1_000, read.readableBytes(), "nothing was taken");
    final ByteBuf taken = partial.take();
    assertEquals(2_000, taken.readableBytes());
    taken.release();
    assertEquals(2_000, budget.bytes());
    partial.alsoHolds(0);
    partial.clear();
    assertEquals(0, budget.bytes());
    read.release();
  }
}
