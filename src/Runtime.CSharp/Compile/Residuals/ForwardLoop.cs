using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Residuals;

/// <summary>A loop that keeps values of its steps for loops behind it: stacked results of a scan, or stacks by the index of the step.</summary>
internal sealed class ForwardLoop
{
    private readonly HashSet<Value> carries;

    internal ForwardLoop(Node node, Region region)
    {
        Node = node;
        Region = region;
        Step = region.Bodies[0].Graph;
        carries = new(Step.Parameters.Skip(region.FirstCarry).Take(region.Carries), ReferenceEqualityComparer.Instance);
        Index = node.Primitive switch
        {
            Repeat => Step.Parameters[0],
            While => Counter(),
            _ => null,
        };
    }

    internal Node Node { get; }

    internal Region Region { get; }

    internal Graph Step { get; }

    internal bool IsScan => Node.Primitive is Scan;

    /// <summary>The index of the step as the step sees it; null where it sees none.</summary>
    internal Value? Index { get; }

    /// <summary>The value of a step that a result remembers, by the index of the step; null where it is none such.</summary>
    internal Value? Remembered(int result)
    {
        if (IsScan)
        {
            return result >= Region.Carries ? Step.Results[result] : null;
        }

        Value stack = Step.Parameters[Region.FirstCarry + result];
        return Index is not null
            && Node.Operands[Region.FirstCarry + result].Producer?.Primitive is StackEmpty
            && Step.Results[result].Producer is { Primitive: StackPut } put
            && put.Operands[0] == stack && put.Operands[1] == Index
            ? put.Operands[2]
            : null;
    }

    /// <summary>Whether as many steps as this loop's are run by a repeat whose number of steps is this value, which a result may be.</summary>
    internal bool Counts(Value steps) => Node.Primitive is Repeat
        ? steps == Node.Operands[0]
        : steps.Producer == Node && Step.Parameters[Region.FirstCarry + steps.Index] == Index;

    /// <summary>Whether the loops behind have a parameter of the step for nothing: constants, slices and the index.</summary>
    internal bool IsGiven(Value value) => value.Producer is null
        && (value == Index || !carries.Contains(value));

    /// <summary>The carry that counts steps from 0, where there is one; of several the one that says where entries of stacks go.</summary>
    private Value? Counter()
    {
        Value? first = null;
        for (int i = 0; i < Region.Carries; i++)
        {
            Value count = Step.Parameters[Region.FirstCarry + i];
            bool starts = Uniform.Of(Node.Operands[Region.FirstCarry + i]) == Scalar.Zero(DType.I64);
            if (starts && Step.Results[i].Producer is { Primitive: Add } next
                && next.Operands.Contains(count) && next.Operands.Any(step => Uniform.Of(step) == Scalar.One(DType.I64)))
            {
                if (Step.Nodes.Any(node => node.Primitive is StackPut && node.Operands[1] == count))
                {
                    return count;
                }

                first ??= count;
            }
        }

        return first;
    }
}
