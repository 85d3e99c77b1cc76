using Adjoint.Ir;

namespace Adjoint.Compile.Residuals;

/// <summary>Which values of a loop's steps to keep for the loops behind it, and which to compute again there from those.</summary>
/// <remarks>
/// A cheapest cut between what a step is given and what is asked of it: each value can be cut where it is kept, at the cost of its bytes,
/// or where it is computed, at the cost of doing so (the method of He and Yu, "Transcending runtime-memory tradeoffs in checkpointing by
/// being fusion aware", MLSys 2023, as in PyTorch's functorch, with a price on computing).
/// </remarks>
internal sealed class ResidualPlan
{
    /// <summary>The largest step that is planned, in values that may be computed again.</summary>
    private const int Largest = 20_000;

    private readonly ForwardLoop loop;
    private readonly HashSet<Value> free = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, (int In, int Out)> places = new(ReferenceEqualityComparer.Instance);

    /// <summary>The values to keep, and of each which result remembers it already; −1 if none does.</summary>
    internal Dictionary<Value, int> Kept { get; } = new(ReferenceEqualityComparer.Instance);

    private ResidualPlan(ForwardLoop loop) => this.loop = loop;

    /// <summary>A plan for the values that some results remember; null where all stay as they are.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="asked">The results whose readers could compute them again.</param>
    /// <param name="others">Whether a result is read in another way, so that its values are there anyway.</param>
    internal static ResidualPlan? Of(ForwardLoop loop, IReadOnlyCollection<int> asked, Func<int, bool> others)
    {
        var plan = new ResidualPlan(loop);
        return plan.Find(asked, others) ? plan : null;
    }

    /// <summary>Whether readers have a value without computing: given to them, kept, or kept for others anyway.</summary>
    internal bool IsAtHand(Value value) => loop.IsGiven(value) || free.Contains(value) || Kept.ContainsKey(value);

    private bool Find(IReadOnlyCollection<int> asked, Func<int, bool> others)
    {
        var remembered = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < loop.Node.Results.Length; i++)
        {
            if (loop.Remembered(i) is { } value)
            {
                remembered.TryAdd(value, i);
                if (loop.IsScan && others(i))
                {
                    free.Add(value);
                    Kept[value] = i;
                }
            }
        }

        var network = new MinimumCut();
        int source = network.Place();
        int target = network.Place();
        var pending = new Stack<Value>();
        foreach (int result in asked)
        {
            Value value = loop.Remembered(result)!;
            if (!loop.IsGiven(value) && !free.Contains(value))
            {
                network.Connect(Enter(value, network, pending).Out, target, MinimumCut.Infinite);
            }
        }

        while (pending.TryPop(out Value? value))
        {
            Join(value, network, source, pending);
            if (places.Count > Largest)
            {
                return false;
            }
        }

        bool[] behind = network.Run(source, target);
        foreach ((Value value, (int before, int after)) in places)
        {
            if (!behind[before] && behind[after])
            {
                Kept[value] = remembered.GetValueOrDefault(value, -1);
            }
        }

        return asked.Any(result => Kept.GetValueOrDefault(loop.Remembered(result)!, -1) < 0);
    }

    private (int In, int Out) Enter(Value value, MinimumCut network, Stack<Value> pending)
    {
        if (!places.TryGetValue(value, out (int In, int Out) place))
        {
            place = (network.Place(), network.Place());
            network.Connect(place.In, place.Out, Recomputing.Keeping(value));
            places.Add(value, place);
            pending.Push(value);
        }

        return place;
    }

    /// <summary>Connects a value with what it is computed from, where it may be computed again.</summary>
    private void Join(Value value, MinimumCut network, int source, Stack<Value> pending)
    {
        long again = value.Producer is { } node ? Recomputing.Again(node) : MinimumCut.Infinite;
        network.Connect(source, places[value].In, again);
        if (again == MinimumCut.Infinite)
        {
            return;
        }

        foreach (Value operand in value.Producer!.Operands)
        {
            if (!loop.IsGiven(operand) && !free.Contains(operand))
            {
                network.Connect(Enter(operand, network, pending).Out, places[value].In, MinimumCut.Infinite);
            }
        }
    }
}
