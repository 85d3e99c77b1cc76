using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile.Merging;

/// <summary>Several loops of one kind as one: its constants, carries, inputs and results are theirs, one after the other.</summary>
internal sealed class LoopUnion
{
    private readonly List<Node> loops;
    private readonly Substitution outside;
    private readonly List<Value> constants = [];
    private readonly List<Value> carries = [];
    private readonly List<Value> slices = [];
    private readonly List<Value> constantOperands = [];
    private readonly List<Value> carryOperands = [];
    private readonly List<Value> sliceOperands = [];

    /// <summary>A union of loops in the order of their graph.</summary>
    /// <param name="loops">The loops.</param>
    /// <param name="outside">What stands for their operands; what stands for their results is set there.</param>
    internal LoopUnion(List<Node> loops, Substitution outside)
    {
        this.loops = loops;
        this.outside = outside;
    }

    internal void Run()
    {
        Region first = Region.Of(loops[0].Primitive)!;
        Value? index = first.FirstConstant > 0 ? Value.Parameter(first.Bodies[0].Graph.Parameters[0].Type) : null;
        var stacked = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance);
        ImmutableArray<Value>[] steps = [.. loops.Select(loop => Step(loop, index, stacked))];
        int[] carried = [.. loops.Select(loop => Region.Of(loop.Primitive)!.Carries)];
        var body = new Graph(
            [.. index is null ? [] : new[] { index }, .. constants, .. carries, .. slices],
            [.. steps.SelectMany((results, i) => results.Take(carried[i])), .. steps.SelectMany((results, i) => results.Skip(carried[i]))]);
        Node union = Node.Make(
            first.With([body], constants.Count, carries.Count),
            [.. index is null ? [] : new[] { outside[loops[0].Operands[0]] }, .. constantOperands, .. carryOperands, .. sliceOperands],
            loops[0].Origin);
        int carry = 0;
        int stack = carries.Count;
        for (int i = 0; i < loops.Count; i++)
        {
            for (int result = 0; result < loops[i].Results.Length; result++)
            {
                outside[loops[i].Results[result]] = union.Results[result < carried[i] ? carry++ : stack++];
            }
        }
    }

    /// <summary>What one loop's step gives, in the common step.</summary>
    private ImmutableArray<Value> Step(Node loop, Value? index, Dictionary<Value, Value> stacked)
    {
        Region region = Region.Of(loop.Primitive)!;
        Graph step = region.Bodies[0].Graph;
        var own = new Value[step.Parameters.Length];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = i < region.FirstConstant ? index!
                : stacked.TryGetValue(loop.Operands[i], out Value? now) && i >= region.FirstSlice ? now
                : region.IsConstant(i) ? Added(step.Parameters[i], loop.Operands[i], constants, constantOperands)
                : region.IsCarry(i) ? Added(step.Parameters[i], loop.Operands[i], carries, carryOperands)
                : Added(step.Parameters[i], loop.Operands[i], slices, sliceOperands);
        }

        ImmutableArray<Value> results = Substitution.Inline(step, own);
        for (int i = region.Carries; i < results.Length; i++)
        {
            stacked[loop.Results[i]] = results[i];
        }

        return results;
    }

    private Value Added(Value parameter, Value operand, List<Value> parameters, List<Value> operands)
    {
        var fresh = Value.Parameter(parameter.Type, parameter.Name);
        parameters.Add(fresh);
        operands.Add(outside[operand]);
        return fresh;
    }
}
