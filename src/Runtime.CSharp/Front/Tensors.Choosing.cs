using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Choices element by element.</content>
public static partial class Tensors
{
    /// <summary>A literal where the condition holds, another elsewhere, of a dtype.</summary>
    public static Expr Where(this Expr condition, DType type, double x, double y) =>
        condition.Where(Full(type, condition.Shape, x), y);

    /// <summary>For each element the choice of the first condition that holds, a default where none does. As NumPy's select.</summary>
    /// <remarks>All choices are computed; derivatives go to what was chosen.</remarks>
    /// <exception cref="ShapeException">There are not as many conditions as choices, or none.</exception>
    public static Expr Select(IReadOnlyList<Expr> conditions, IReadOnlyList<Expr> choices, Expr otherwise)
    {
        if (conditions.Count != choices.Count || conditions.Count == 0)
        {
            throw new ShapeException($"select: {conditions.Count} conditions and {choices.Count} choices; one each, and at least one, "
                + "are wanted.").Here();
        }

        Expr result = otherwise;
        for (int i = conditions.Count - 1; i >= 0; i--)
        {
            result = conditions[i].Where(choices[i], result);
        }

        return result;
    }

    /// <summary>For each element the choice of the first condition that holds, a literal where none does.</summary>
    public static Expr Select(IReadOnlyList<Expr> conditions, IReadOnlyList<Expr> choices, double otherwise = 0.0)
    {
        if (choices.Count == 0)
        {
            throw new ShapeException("select: there are no choices.").Here();
        }

        return Select(conditions, choices, Full(Shape.Scalar, Literals.Adapt("select", otherwise, choices[0].DType)));
    }

    /// <summary>For each element of integers the element of that choice: result[i] = choices[index[i]][i]. As NumPy's choose.</summary>
    /// <remarks>All broadcast. An index out of range is clamped.</remarks>
    public static Expr Choose(this Expr index, IReadOnlyList<Expr> choices)
    {
        CheckSome("choose", choices);
        CheckIndices("choose", index);
        Expr[] all = Demand.Together("choose", choices);
        Shape shape = Broadcasting.Common("choose", index.Shape, all[0].Shape);
        Expr stacked = Stack([.. all.Select(choice => choice.BroadcastTo(shape))]);
        return stacked.TakeAlongAxis(index.BroadcastTo(shape).ExpandDims(0), 0).Squeeze(0);
    }
}
