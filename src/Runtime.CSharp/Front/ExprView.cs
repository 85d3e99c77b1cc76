using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>A tensor of any element type.</summary>
internal interface ITensor
{
    /// <summary>The expression that it wraps.</summary>
    Expr Untyped { get; }
}

/// <summary>What a debugger shows of an expression. Nothing runs for it: a value is shown where it is known already.</summary>
internal sealed class ExprView
{
    private readonly Expr expr;

    public ExprView(Expr expr) => this.expr = expr;

    public ExprView(ITensor tensor) => expr = tensor.Untyped;

    /// <summary>Dtype and shape.</summary>
    public string Type => expr.Handle.Type.ToString();

    /// <summary>Whether there is a value: known, pending until someone looks at it, or traced and to come.</summary>
    public string State => expr.Handle.Known is not null ? "known" : Observer.CanObserve(expr) ? "pending" : "traced";

    /// <summary>The value, if it is known.</summary>
    public HostValue? Value => expr.Handle.Known;

    /// <summary>The operation that it comes from.</summary>
    public Ir.Node? Operation => expr.Handle.Producer;

    /// <summary>Where it was born.</summary>
    public Frame Frame => expr.Frame;

    /// <summary>An expression in one line.</summary>
    internal static string Line(Expr expr) => expr.Handle.Known is NDArray array
        ? ArrayText.Line(array)
        : $"{expr.Handle.Type} ({new ExprView(expr).State})";
}
