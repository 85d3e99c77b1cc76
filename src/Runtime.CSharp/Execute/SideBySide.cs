using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>An order of a plan's nodes in which kernels that do not need each other stand in a row and run at the same time.</summary>
/// <remarks>
/// <para>Nodes keep their order, except that a kernel with enough work is joined by such kernels from further back whose operands are there. A node
/// that may write into an operand never overtakes one that is to read it, and nothing overtakes or joins that may fail.</para>
/// <para>Found from the graph and its types alone, in time linear in the nodes.</para>
/// </remarks>
internal sealed class SideBySide
{
    /// <summary>Work of a kernel that is worth handing over, in nanoseconds of one core, roughly.</summary>
    internal const double Least = 5_000;

    private const double OperationsPerNanosecond = 64;
    private const double OperationsOfLoopsPerNanosecond = 2;
    private const double BytesPerNanosecond = 8;
    private const int MostReady = 64;

    private readonly PlanValues values;
    private readonly int most;
    private readonly Dictionary<Node, int> places;
    private readonly List<int>[] followers;
    private readonly Dictionary<Value, List<int>> readers = new(ReferenceEqualityComparer.Instance);
    private readonly int[] waits;
    private readonly bool[] isHeavy;
    private readonly bool[] done;
    private readonly SortedSet<int> ready = [];
    private readonly List<int> order;
    private readonly int[] widths;

    private SideBySide(PlanValues values, int most, double least)
    {
        this.values = values;
        this.most = most;
        int count = values.Nodes.Length;
        places = new(count, ReferenceEqualityComparer.Instance);
        followers = new List<int>[count];
        waits = new int[count];
        done = new bool[count];
        order = new(count);
        widths = new int[count];
        Array.Fill(widths, 1);
        isHeavy = [.. Enumerable.Range(0, count).Select(place => IsHeavy(values, place, least))];
    }

    /// <summary>The places of the nodes in their new order, and for each how many from there on run together; null where none do.</summary>
    /// <param name="values">What is known of the nodes.</param>
    /// <param name="most">The most kernels that run at a time.</param>
    /// <param name="least">The least time of such a kernel, in nanoseconds.</param>
    internal static (int[] Order, int[] Widths)? Of(PlanValues values, int most, double least)
    {
        if (double.IsPositiveInfinity(least) || values.Kernels.Count(kernel => kernel is not null) < 2)
        {
            return null;
        }

        var found = new SideBySide(values, most, least);
        return found.isHeavy.Count(heavy => heavy) > 1 && found.Run() ? ([.. found.order], found.widths) : null;
    }

    private static bool IsHeavy(PlanValues values, int place, double least) => values.Kernels[place] is { } kernel
        && kernel is not LoopKernel { MayFail: true }
        && Time(values.Nodes[place]) >= least;

    /// <summary>About how long a node takes: operations, and bytes that it writes.</summary>
    private static double Time(Node node)
    {
        Cost cost = Explanation.CostOf(node);
        double speed = node.Primitive is Fused fused && fused.Body.Graph.Nodes.Any(IsLoop) ? OperationsOfLoopsPerNanosecond : OperationsPerNanosecond;
        double bytes = node.Results.Sum(result => (double)result.Tensor.Shape.Size * result.Tensor.DType.Size());
        return cost.HasOpenLoop ? double.PositiveInfinity : Math.Max(cost.Operations / speed, bytes / BytesPerNanosecond);
    }

    private static bool IsLoop(Node node) => node.Primitive is Scan or Repeat or While;

    private bool Run()
    {
        Link();
        bool any = false;
        for (int place = 0; place < values.Nodes.Length; place++)
        {
            if (done[place])
            {
                continue;
            }

            List<int> companions = isHeavy[place] ? Companions(place) : [];
            foreach (int companion in companions)
            {
                EmitBehind(companion);
            }

            int first = order.Count;
            Emit(place);
            companions.ForEach(Emit);
            widths[first] = 1 + companions.Count;
            any |= companions.Count > 0;
        }

        return any;
    }

    /// <summary>Counts what each node waits for, and notes who waits for it.</summary>
    private void Link()
    {
        for (int place = 0; place < values.Nodes.Length; place++)
        {
            places.Add(values.Nodes[place], place);
            followers[place] = [];
            foreach (Value operand in values.Nodes[place].Operands)
            {
                if (operand.Producer is { } producer)
                {
                    followers[places[producer]].Add(place);
                    waits[place]++;
                }
                else if (readers.TryGetValue(operand, out List<int>? known))
                {
                    known.Add(place);
                }
                else
                {
                    readers.Add(operand, [place]);
                }
            }
        }

        // Those that wait for nothing from the start; opening one lets others wait for nothing, which are opened with it.
        int[] first = [.. Enumerable.Range(0, values.Nodes.Length).Where(place => waits[place] == 0)];
        foreach (int place in first)
        {
            Open(place);
        }
    }

    /// <summary>A node whose operands are there: a heavy one may run; what only shows what is there counts as done until it is wanted.</summary>
    private void Open(int first)
    {
        var pending = new Stack<int>([first]);
        while (pending.TryPop(out int place))
        {
            if (isHeavy[place])
            {
                ready.Add(place);
            }
            else if (IsLight(place))
            {
                foreach (int follower in followers[place])
                {
                    if (--waits[follower] == 0)
                    {
                        pending.Push(follower);
                    }
                }
            }
        }
    }

    private bool IsLight(int place) => values.Kinds[place] is StepKind.Constant or StepKind.View || values.Nodes[place].Primitive is StackGet;

    /// <summary>Ready kernels that may run beside this one, the first in the order of the graph.</summary>
    private List<int> Companions(int leader)
    {
        var found = new List<int>();
        int looked = 0;
        foreach (int place in ready)
        {
            if (place > leader && MayOvertake(place))
            {
                found.Add(place);
            }

            if (found.Count + 1 == most || ++looked == MostReady)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Whether no node that runs later, though it came first, reads what this one may write into.</summary>
    private bool MayOvertake(int place)
    {
        Node node = values.Nodes[place];
        for (int i = 0; i < node.Operands.Length; i++)
        {
            if (node.Primitive.MayUpdate(i) && ReadersOf(node.Operands[i]).Exists(reader => reader < place && !done[reader]))
            {
                return false;
            }
        }

        return true;
    }

    private List<int> ReadersOf(Value value) => value.Producer is { } producer ? followers[places[producer]] : readers[value];

    /// <summary>Emits what counted as done and is needed now.</summary>
    private void EmitBehind(int place)
    {
        var pending = new Stack<int>([place]);
        var found = new SortedSet<int>();
        while (pending.TryPop(out int next))
        {
            foreach (Value operand in values.Nodes[next].Operands)
            {
                if (operand.Producer is { } producer && places[producer] is int before && !done[before] && found.Add(before))
                {
                    pending.Push(before);
                }
            }
        }

        foreach (int before in found)
        {
            Emit(before);
        }
    }

    private void Emit(int place)
    {
        done[place] = true;
        order.Add(place);
        ready.Remove(place);
        if (!IsLight(place))
        {
            foreach (int follower in followers[place])
            {
                if (--waits[follower] == 0)
                {
                    Open(follower);
                }
            }
        }
    }
}
