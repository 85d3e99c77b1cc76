using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>A part of a tensor. An update gives a new tensor; inside a loop it happens in place.</summary>
public sealed class Region
{
    private readonly Expr whole;
    private readonly SlicePlan plan;

    internal Region(Expr whole, SlicePlan plan)
    {
        this.whole = whole;
        this.plan = plan;
    }

    /// <summary>The part itself.</summary>
    public Expr Get() => plan.Read(whole);

    /// <summary>The tensor with this part replaced; the new part broadcasts.</summary>
    public Expr Set(Expr part) =>
        Update("set", part, ScatterUpdate.Set, (x, update, starts) => Ops.DynamicUpdate(x, update, starts, !plan.IsStatic));

    /// <summary>The tensor with this part replaced by a number.</summary>
    public Expr Set(double number) => Set(Literal("set", number));

    /// <summary>The tensor with something added to this part.</summary>
    public Expr Add(Expr part) =>
        Update("add", part, ScatterUpdate.Add, (x, update, starts) => Ops.DynamicAdd(x, update, starts, !plan.IsStatic));

    /// <summary>The tensor with a number added to this part.</summary>
    public Expr Add(double number) => Add(Literal("add", number));

    /// <summary>The tensor with this part multiplied.</summary>
    public Expr Multiply(Expr part) => Set(Get() * part);

    /// <summary>The tensor with a function applied to this part.</summary>
    public Expr Apply(Func<Expr, Expr> f) => Set(f(Get()));

    /// <summary>Types of the part and the whole.</summary>
    public override string ToString() => $"{new TensorType(whole.DType, plan.Shown)} of {whole.Type}";

    private Expr Literal(string operation, double number) =>
        Tensors.Full(Shape.Scalar, Literals.Adapt(operation, number, whole.DType));

    private Expr Update(string operation, Expr part, ScatterUpdate kind, Func<Value, Value, Value[], Value> block)
    {
        Broadcasting.SameDType(operation, whole, part);
        Expr update = Broadcasting.To(operation, part, plan.Shown);
        if (update.Size == 0 || !plan.IsBlock)
        {
            return update.Size == 0 ? whole : Scatter(update, kind);
        }

        return Building.Make(
            [whole, update, .. plan.Dynamics],
            values => block(values[0], Ops.Reshape(values[1], plan.Counts), plan.Starts(values.AsSpan()[2..])));
    }

    /// <summary>Elements that lie apart are found by their places in row-major order.</summary>
    private Expr Scatter(Expr update, ScatterUpdate kind)
    {
        Expr places = plan.Read(Tensors.Iota(DType.I64, whole.Size).Reshape(whole.Shape)).Flatten();
        Expr flat = whole.Flatten();
        return Building.Make(
            [flat, places, update.Flatten()],
            values => Ops.Reshape(Ops.ScatterAlong(values[0], values[1], values[2], 0, kind), whole.Shape));
    }
}
