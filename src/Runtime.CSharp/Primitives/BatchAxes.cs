using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Moves the batch axes of tensors to where a rule wants them.</summary>
internal static class BatchAxes
{
    /// <summary>The operands with their batch axes where that of the first batched one is; the others are repeated for all lanes.</summary>
    internal static (ImmutableArray<Value> Values, int Axis) Align(IReadOnlyList<Batched> operands, Extent size)
    {
        int axis = operands.First(operand => operand.IsBatched).Axis;
        return ([.. operands.Select(operand => At(operand, axis, size))], axis);
    }

    /// <summary>A tensor with its batch axis at this place; one without is repeated for all lanes.</summary>
    internal static Value At(Batched x, int axis, Extent size)
    {
        TensorType type = x.Value.Tensor;
        if (!x.IsBatched)
        {
            var places = new Axes(Enumerable.Range(0, type.Rank).Select(i => i < axis ? i : i + 1));
            return Ops.Broadcast(x.Value, type.Shape.Insert(axis, size), places);
        }

        return Ops.MoveAxis(x.Value, x.Axis, axis);
    }
}
