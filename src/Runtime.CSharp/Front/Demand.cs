using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>What a function asks of its operands; what isn't so is an error that names the function, the type and a cure.</summary>
internal static class Demand
{
    /// <summary>The elements are real floating numbers.</summary>
    internal static void Floating(string operation, Expr x)
    {
        if (!x.DType.IsFloating())
        {
            throw new DTypeException($"{operation}: {x.Type} is not floating. Cast it?").Here();
        }
    }

    /// <summary>The elements are floating or complex numbers.</summary>
    internal static void Differentiable(string operation, Expr x)
    {
        if (!x.DType.IsDifferentiable())
        {
            throw new DTypeException($"{operation}: {x.Type} is neither floating nor complex. Cast it?").Here();
        }
    }

    /// <summary>The elements are integers.</summary>
    internal static void Integers(string operation, Expr x)
    {
        if (!x.DType.IsInteger())
        {
            throw new DTypeException($"{operation}: {x.Type} is not of integers. Cast it?").Here();
        }
    }

    /// <summary>There are at least so many axes.</summary>
    internal static void AtLeast(string operation, Expr x, int axes)
    {
        if (x.Rank < axes)
        {
            throw new ShapeException($"{operation}: {x.Type} has {x.Rank} axes, fewer than {axes}. ExpandDims first?").Here();
        }
    }

    /// <summary>There are exactly so many axes.</summary>
    internal static void Rank(string operation, Expr x, int axes)
    {
        if (x.Rank != axes)
        {
            throw new ShapeException($"{operation}: {x.Type} has {x.Rank} axes, not {axes}. Reshape it, or vmap over the others?").Here();
        }
    }

    /// <summary>A number is at least a bound.</summary>
    internal static void AtLeast(string operation, string what, long number, long least)
    {
        if (number < least)
        {
            throw new ShapeException($"{operation}: {what} is {number}; at least {least} is wanted.").Here();
        }
    }

    /// <summary>Operands meet in one dtype and one shape.</summary>
    internal static Expr[] Together(string operation, IReadOnlyList<Expr> operands)
    {
        Shape common = operands[0].Shape;
        foreach (Expr operand in operands.Skip(1))
        {
            Broadcasting.SameDType(operation, operands[0], operand);
            common = Broadcasting.Common(operation, common, operand.Shape);
        }

        return [.. operands.Select(operand => Broadcasting.To(operation, operand, common))];
    }
}
