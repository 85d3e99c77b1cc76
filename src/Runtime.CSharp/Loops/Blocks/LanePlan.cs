namespace Adjoint.Loops.Blocks;

/// <summary>How long what a loop over lanes computes is needed, so that blocks are used again.</summary>
/// <remarks>Items have places in the order in which they end. What a serial loop uses from outside of it is needed until that loop ends.</remarks>
internal sealed class LanePlan
{
    private readonly Dictionary<LoopItem, int> places = [];
    private readonly Dictionary<LoopValue, int> last = [];
    private readonly Dictionary<LoopValue, int> depths = [];
    private readonly Dictionary<LoopValue, LoopValue> shared = [];
    private readonly List<List<LoopValue>> loops = [];
    private readonly ILookup<int, LoopValue> ending;
    private int next;

    internal LanePlan(ForItem loop)
    {
        Visit(loop.Body);
        foreach (LoopReduction reduction in loop.Reductions)
        {
            last.Remove(Shared(reduction.Element));
        }

        ending = last.ToLookup(pair => pair.Value, pair => pair.Key);
    }

    /// <summary>What nobody needs after an item.</summary>
    internal IEnumerable<LoopValue> EndingAt(LoopItem item) => ending[places[item]];

    private void Visit(LoopBlock block)
    {
        foreach (LoopItem item in block.Items)
        {
            Visit(item);
        }
    }

    private void Visit(LoopItem item)
    {
        List<LoopValue> used = [];
        switch (item)
        {
            case LoopValue value:
                used.AddRange(value.Operands);
                Define(value);
                break;
            case StoreItem store:
                used.AddRange([store.Offset, store.Value]);
                break;
            case FailItem fail:
                used.Add(fail.Test);
                break;
            case ForItem loop:
                used.AddRange(VisitLoop(loop));
                break;
            case IfItem branch:
                Define(branch.Choices);
                Visit(branch.Then);
                Visit(branch.Else);
                used.AddRange([branch.Test, .. Used(branch.Choices)]);
                break;
            case RareItem rare:
                Define(rare.Choices);
                Visit(rare.Block);
                used.AddRange([rare.Test, .. Used(rare.Choices)]);
                break;
        }

        int place = next++;
        places[item] = place;
        foreach (LoopValue value in used)
        {
            Use(value, place);
        }
    }

    /// <summary>Visits a serial loop: what it uses from outside, and what it carries.</summary>
    private List<LoopValue> VisitLoop(ForItem loop)
    {
        foreach (LoopCarry carry in loop.Carries)
        {
            Define(carry.Parameter);
            shared[carry.Result] = carry.Parameter;
        }

        List<LoopValue> outside = [loop.Count];
        loops.Add(outside);
        Visit(loop.Body);
        loops.RemoveAt(loops.Count - 1);
        foreach (LoopCarry carry in loop.Carries)
        {
            outside.AddRange([carry.Parameter, carry.Initial, carry.Next]);
        }

        return outside;
    }

    private void Define(LoopValue value)
    {
        depths[value] = loops.Count;
        last[value] = next;
    }

    private void Define(IEnumerable<LoopChoice> choices)
    {
        foreach (LoopChoice choice in choices)
        {
            Define(choice.Result);
        }
    }

    private static IEnumerable<LoopValue> Used(IEnumerable<LoopChoice> choices) =>
        choices.SelectMany(choice => new[] { choice.Then, choice.Else, choice.Result });

    private void Use(LoopValue value, int place)
    {
        LoopValue of = Shared(value);
        if (depths.TryGetValue(of, out int depth))
        {
            last[of] = Math.Max(last[of], place);
            if (depth < loops.Count)
            {
                loops[depth].Add(of);
            }
        }
    }

    private LoopValue Shared(LoopValue value)
    {
        while (shared.TryGetValue(value, out LoopValue? of))
        {
            value = of;
        }

        return value;
    }
}
