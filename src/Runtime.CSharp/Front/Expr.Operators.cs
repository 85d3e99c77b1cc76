using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Arithmetic and comparison. Operands broadcast as NumPy's do; a literal takes the other operand's dtype.</content>
public sealed partial class Expr
{
    /// <summary>Sum.</summary>
    public static Expr operator +(Expr left, Expr right) => Add(left, right);

    /// <summary>Sum with a literal.</summary>
    public static Expr operator +(Expr left, double right) => Add(left, Literals.Like("add", left, right));

    /// <summary>Sum with a literal.</summary>
    public static Expr operator +(double left, Expr right) => Add(Literals.Like("add", right, left), right);

    /// <summary>Sum with a literal.</summary>
    public static Expr operator +(Expr left, long right) => Add(left, Literals.Like("add", left, right));

    /// <summary>Sum with a literal.</summary>
    public static Expr operator +(long left, Expr right) => Add(Literals.Like("add", right, left), right);

    /// <summary>Difference.</summary>
    public static Expr operator -(Expr left, Expr right) => Subtract(left, right);

    /// <summary>Difference with a literal.</summary>
    public static Expr operator -(Expr left, double right) => Subtract(left, Literals.Like("subtract", left, right));

    /// <summary>Difference with a literal.</summary>
    public static Expr operator -(double left, Expr right) => Subtract(Literals.Like("subtract", right, left), right);

    /// <summary>Difference with a literal.</summary>
    public static Expr operator -(Expr left, long right) => Subtract(left, Literals.Like("subtract", left, right));

    /// <summary>Difference with a literal.</summary>
    public static Expr operator -(long left, Expr right) => Subtract(Literals.Like("subtract", right, left), right);

    /// <summary>Product, element by element.</summary>
    public static Expr operator *(Expr left, Expr right) => Multiply(left, right);

    /// <summary>Product with a literal.</summary>
    public static Expr operator *(Expr left, double right) => Multiply(left, Literals.Like("multiply", left, right));

    /// <summary>Product with a literal.</summary>
    public static Expr operator *(double left, Expr right) => Multiply(Literals.Like("multiply", right, left), right);

    /// <summary>Product with a literal.</summary>
    public static Expr operator *(Expr left, long right) => Multiply(left, Literals.Like("multiply", left, right));

    /// <summary>Product with a literal.</summary>
    public static Expr operator *(long left, Expr right) => Multiply(Literals.Like("multiply", right, left), right);

    /// <summary>Quotient; integers are cut towards zero.</summary>
    public static Expr operator /(Expr left, Expr right) => Divide(left, right);

    /// <summary>Quotient with a literal.</summary>
    public static Expr operator /(Expr left, double right) => Divide(left, Literals.Like("divide", left, right));

    /// <summary>Quotient with a literal.</summary>
    public static Expr operator /(double left, Expr right) => Divide(Literals.Like("divide", right, left), right);

    /// <summary>Quotient with a literal.</summary>
    public static Expr operator /(Expr left, long right) => Divide(left, Literals.Like("divide", left, right));

    /// <summary>Quotient with a literal.</summary>
    public static Expr operator /(long left, Expr right) => Divide(Literals.Like("divide", right, left), right);

    /// <summary>Negation.</summary>
    public static Expr operator -(Expr operand) => Negate(operand);

    /// <summary>Sum.</summary>
    public static Expr Add(Expr left, Expr right) => Binary("add", left, right, Ops.Add);

    /// <summary>Difference.</summary>
    public static Expr Subtract(Expr left, Expr right) => Binary("subtract", left, right, Ops.Sub);

    /// <summary>Product, element by element.</summary>
    public static Expr Multiply(Expr left, Expr right) => Binary("multiply", left, right, Ops.Mul);

    /// <summary>Quotient, element by element; integers are cut towards zero.</summary>
    public static Expr Divide(Expr left, Expr right) => Binary("divide", left, right, Ops.Div);

    /// <summary>Negation.</summary>
    public static Expr Negate(Expr operand) => Building.Make(operand, Ops.Neg);

    /// <summary>Whether elements are equal: bool of the common shape.</summary>
    public Expr Equal(Expr other) => Compare("equal", Direction.Eq, other);

    /// <summary>Whether elements are the literal.</summary>
    public Expr Equal(double other) => Equal(Literals.Like("equal", this, other));

    /// <summary>Whether elements differ.</summary>
    public Expr NotEqual(Expr other) => Compare("not_equal", Direction.Ne, other);

    /// <summary>Whether elements are not the literal.</summary>
    public Expr NotEqual(double other) => NotEqual(Literals.Like("not_equal", this, other));

    /// <summary>Whether elements are smaller.</summary>
    public Expr Less(Expr other) => Compare("less", Direction.Lt, other);

    /// <summary>Whether elements are smaller than the literal.</summary>
    public Expr Less(double other) => Less(Literals.Like("less", this, other));

    /// <summary>Whether elements are smaller or equal.</summary>
    public Expr LessOrEqual(Expr other) => Compare("less_or_equal", Direction.Le, other);

    /// <summary>Whether elements are at most the literal.</summary>
    public Expr LessOrEqual(double other) => LessOrEqual(Literals.Like("less_or_equal", this, other));

    /// <summary>Whether elements are larger.</summary>
    public Expr Greater(Expr other) => Compare("greater", Direction.Gt, other);

    /// <summary>Whether elements are larger than the literal.</summary>
    public Expr Greater(double other) => Greater(Literals.Like("greater", this, other));

    /// <summary>Whether elements are larger or equal.</summary>
    public Expr GreaterOrEqual(Expr other) => Compare("greater_or_equal", Direction.Ge, other);

    /// <summary>Whether elements are at least the literal.</summary>
    public Expr GreaterOrEqual(double other) => GreaterOrEqual(Literals.Like("greater_or_equal", this, other));

    /// <summary>A primitive of two operands of one type, after broadcasting.</summary>
    internal static Expr Binary(string operation, Expr left, Expr right, Func<Value, Value, Value> build)
    {
        (Expr x, Expr y) = Broadcasting.Meet(operation, left, right);
        return Building.Make(x, y, build);
    }

    private Expr Compare(string operation, Direction direction, Expr other) =>
        Binary(operation, this, other, (x, y) => Ops.Compare(direction, x, y));
}
