using System.Text;

namespace Adjoint.Front.Audits;

/// <summary>What <see cref="Audit.FirstNonFinite(Func{Expr[], Expr[]}, Expr[], IReadOnlyList{string})"/> found.</summary>
/// <param name="Reached">The results and gradients that are not finite, in words; none where all are.</param>
/// <param name="Arguments">The arguments that hold NaN or infinity themselves, in words.</param>
/// <param name="Chain">
/// The operations that gave numbers which are not finite from operands that were, or NaN from infinities: the first one first, the one that
/// reached the results last. Empty where the numbers came with the arguments, or where nothing was born.
/// </param>
/// <param name="Note">What else is worth knowing; null where nothing is.</param>
public sealed record NonFinite(
    IReadOnlyList<string> Reached, IReadOnlyList<string> Arguments, IReadOnlyList<NonFiniteBirth> Chain, string? Note)
{
    /// <summary>Whether a result, a gradient or an argument is not finite.</summary>
    public bool Found => Reached.Count > 0 || Arguments.Count > 0;

    /// <summary>Where the first number that is not finite, and reached a result, was born; null where none was.</summary>
    public NonFiniteBirth? First => Found && Chain.Count > 0 ? Chain[0] : null;

    /// <summary>The report, in a few lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(Reached.Count == 0
            ? "No non-finite value in the results or the derivative."
            : $"Not finite: {string.Join("; ", Reached)}.");
        foreach (string argument in Arguments)
        {
            text.Append("\nIn the data: ").Append(argument).Append('.');
        }

        for (int i = 0; Found && i < Chain.Count; i++)
        {
            text.Append(i == 0 ? "\nBorn in " : "\nwhich made ").Append(Chain[i]);
        }

        return Note is null ? text.ToString() : text.Append('\n').Append(Note).ToString();
    }
}

/// <summary>An operation that gave a number which is not finite.</summary>
/// <param name="Operation">Its name in printed graphs, and the types: div(f64[3], f64[3]) → f64[3].</param>
/// <param name="Scope">The user's scopes, joined by '/'.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, or 0.</param>
/// <param name="IsBackward">Whether it belongs to the derivative.</param>
/// <param name="Inside">The loops, branches and bodies it ran in, innermost first: iteration 3 (of 0 to 9) of scan.</param>
/// <param name="Index">The element's indices in the result.</param>
/// <param name="Value">The element, as text: NaN, inf, -inf.</param>
/// <param name="Operands">What the operands were at that element, as text.</param>
/// <param name="Partner">For an operation of the derivative: the operation of the function whose derivative it belongs to.</param>
/// <param name="Advice">What helps, where it is known.</param>
public sealed record NonFiniteBirth(
    string Operation,
    string Scope,
    string? File,
    int Line,
    bool IsBackward,
    IReadOnlyList<string> Inside,
    IReadOnlyList<int> Index,
    string Value,
    IReadOnlyList<string> Operands,
    NonFinitePartner? Partner,
    string? Advice)
{
    /// <summary>The operation, where it is, its operands, and its partner in the function.</summary>
    public override string ToString()
    {
        string place = new Ir.Origin(Scope, File, Line).ToString();
        var text = new StringBuilder(Operation);
        text.Append(IsBackward ? ", in the backward pass" : "").Append(place.Length == 0 || Partner is not null ? "" : $", in {place}");
        foreach (string inside in Inside)
        {
            text.Append(", in ").Append(inside);
        }

        text.Append("\n  ").Append(Index.Count == 0 ? "it gives " : $"element [{string.Join(", ", Index)}] is ").Append(Value);
        text.Append(Operands.Count == 0 ? "" : $"; operands: {string.Join(", ", Operands)}");
        if (Partner is not null)
        {
            text.Append("\n  It is the derivative of ").Append(Partner);
        }

        return Advice is null ? text.ToString() : text.Append("\n  ").Append(Advice).ToString();
    }
}

/// <summary>The operation of the function that an operation of its derivative belongs to.</summary>
/// <param name="Operation">Its name in printed graphs, and the types.</param>
/// <param name="Scope">The user's scopes, joined by '/'.</param>
/// <param name="File">The source file, where known.</param>
/// <param name="Line">The source line, or 0.</param>
/// <param name="Operands">What the operands were, at the same element where the shapes are the same, as text.</param>
public sealed record NonFinitePartner(string Operation, string Scope, string? File, int Line, IReadOnlyList<string> Operands)
{
    /// <summary>The operation, where it is, and its operands.</summary>
    public override string ToString()
    {
        string place = new Ir.Origin(Scope, File, Line).ToString();
        return $"{Operation}{(place.Length == 0 ? "" : $", in {place}")}"
            + (Operands.Count == 0 ? "" : $"; operands there: {string.Join(", ", Operands)}");
    }
}
