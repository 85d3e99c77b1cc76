using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Residuals;

/// <summary>A loop that computes again what loops before it no longer keep: its step, with further constants and slices.</summary>
internal sealed class LoopReader
{
    private readonly Node node;
    private readonly Region region;
    private readonly Graph step;
    private readonly Substitution inside = new();
    private readonly List<(Value Operand, Value Parameter)> constants = [];
    private readonly List<(Value Operand, Value Parameter)> slices = [];
    private readonly Dictionary<Value, Value> known = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> entries = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<int> replaced = [];

    /// <summary>The reader, on operands that stand for its own.</summary>
    internal LoopReader(Node node)
    {
        this.node = node;
        region = Region.Of(node.Primitive)!;
        step = region.Bodies[0].Graph;
        for (int i = region.FirstConstant; i < region.Parameters; i++)
        {
            if (!region.IsCarry(i))
            {
                known.TryAdd(node.Operands[i], step.Parameters[i]);
            }
        }
    }

    /// <summary>Computes some remembered values again.</summary>
    /// <param name="loop">The loop as it stood when it was planned.</param>
    /// <param name="now">The loop as it is, with what the plan keeps among its results.</param>
    /// <param name="plan">What is kept.</param>
    /// <param name="places">The result for each value that is kept.</param>
    /// <param name="read">The operands of this loop, and the values that they remember.</param>
    internal void Recompute(
        ForwardLoop loop, Node now, ResidualPlan plan, Dictionary<Value, int> places, List<(int Operand, Value Value)> read)
    {
        var again = new Substitution();
        HashSet<Value> needed = Needed(plan, read.Select(item => item.Value));
        foreach (Value value in needed.Where(plan.IsAtHand))
        {
            again[value] = loop.IsGiven(value) ? Given(loop, now, value) : Remembered(loop, now.Results[places[value]]);
        }

        foreach (Node inner in loop.Step.Nodes)
        {
            if (inner.Results.Length == 1 && needed.Contains(inner.Results[0]) && !plan.IsAtHand(inner.Results[0]))
            {
                again.Apply(inner);
            }
        }

        foreach ((int operand, Value value) in read)
        {
            Replace(loop, operand, again[value]);
        }
    }

    /// <summary>The loop that computes again what it was told.</summary>
    internal Node Made()
    {
        foreach (Node inner in step.Nodes)
        {
            if (!entries.Contains(inner.Results[0]))
            {
                inside.Apply(inner);
            }
        }

        int dropped = replaced.Count(place => place < region.FirstCarry);
        var body = new Graph(
            With(step.Parameters, added => added.Parameter), inside.Of(step.Results));
        return Node.Make(
            region.With([body], region.Constants + constants.Count - dropped, region.Carries),
            With(node.Operands, added => added.Operand),
            node.Origin);
    }

    /// <summary>Parameters or operands without those that were replaced, and with those that were added.</summary>
    private ImmutableArray<Value> With(ImmutableArray<Value> values, Func<(Value Operand, Value Parameter), Value> added)
    {
        IEnumerable<Value> Left(int start, int end) => Enumerable.Range(start, end - start).Where(i => !replaced.Contains(i)).Select(i => values[i]);
        return
        [
            .. Left(0, region.FirstCarry), .. constants.Select(added),
            .. Left(region.FirstCarry, values.Length), .. slices.Select(added),
        ];
    }

    /// <summary>The values that some need, back to what is at hand.</summary>
    private static HashSet<Value> Needed(ResidualPlan plan, IEnumerable<Value> values)
    {
        var needed = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Value>(values);
        while (pending.TryPop(out Value? value))
        {
            if (needed.Add(value) && !plan.IsAtHand(value))
            {
                foreach (Value operand in value.Producer!.Operands)
                {
                    pending.Push(operand);
                }
            }
        }

        return needed;
    }

    private Value Given(ForwardLoop loop, Node now, Value parameter)
    {
        if (parameter == loop.Index)
        {
            return step.Parameters[0];
        }

        int place = loop.Step.Parameters.IndexOf(parameter);
        return Added(now.Operands[place], parameter.Type, loop.Region.IsConstant(place) ? constants : slices);
    }

    private Value Remembered(ForwardLoop loop, Value result)
    {
        if (loop.IsScan)
        {
            var stacked = (TensorType)result.Type;
            return Added(result, stacked with { Shape = stacked.Shape.Remove(0) }, slices);
        }

        return Ops.StackGet(Added(result, result.Type, constants), step.Parameters[0]);
    }

    private Value Added(Value operand, ValueType type, List<(Value Operand, Value Parameter)> to)
    {
        if (!known.TryGetValue(operand, out Value? parameter) || !parameter.Type.Equals(type))
        {
            parameter = Value.Parameter(type);
            known[operand] = parameter;
            to.Add((operand, parameter));
        }

        return parameter;
    }

    /// <summary>Sets what stands for the slice, or for the entries, that an operand gives.</summary>
    private void Replace(ForwardLoop loop, int operand, Value value)
    {
        Value parameter = step.Parameters[operand];
        replaced.Add(operand);
        if (loop.IsScan)
        {
            inside[parameter] = value;
            return;
        }

        foreach (Node inner in step.Nodes)
        {
            if (inner.Primitive is StackGet && inner.Operands[0] == parameter)
            {
                entries.Add(inner.Results[0]);
                inside[inner.Results[0]] = value;
            }
        }
    }
}
