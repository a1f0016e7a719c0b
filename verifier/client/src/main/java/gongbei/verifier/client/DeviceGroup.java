package gongbei.verifier.client;

import gongbei.verifier.protocol.ReasonCode;
import java.util.List;
import java.util.Map;

/**
 * What a scanner device is told of a group's members.
 *
 * @param size how many there are
 * @param green how many the map knows as green
 * @param yellow how many it knows as yellow
 * @param red how many it knows as red
 * @param reasons how many would have got each reason
 * @param heldUpBy who holds the group up, by their place in it, from 1
 */
public record DeviceGroup(
    int size,
    int green,
    int yellow,
    int red,
    Map<ReasonCode, Integer> reasons,
    List<Integer> heldUpBy) {}
