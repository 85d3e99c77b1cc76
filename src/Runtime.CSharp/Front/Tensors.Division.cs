using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Division that is cut down, and whole powers, divisors and multiples.</content>
public static partial class Tensors
{
    /// <summary>⌊x/y⌋, as NumPy's floor_divide. Integers: division by zero is an error. The derivative is 0.</summary>
    public static Expr FloorDivide(this Expr x, Expr y) => x.DivMod(y).Quotient;

    /// <summary>⌊x/y⌋ by a literal.</summary>
    public static Expr FloorDivide(this Expr x, double y) => x.FloorDivide(Literals.Like("floor_divide", x, y));

    /// <summary>x − y ⌊x/y⌋, as NumPy's mod and Python's %: its sign is the divisor's. See <see cref="Remainder(Expr, Expr)"/> for the other.</summary>
    /// <remarks>The derivative is 1 in x and −⌊x/y⌋ in y; it jumps at multiples of y.</remarks>
    public static Expr Mod(this Expr x, Expr y)
    {
        (Expr a, Expr b) = Broadcasting.Meet("mod", x, y);
        Expr rest = a.Remainder(b);
        return WrongSide(rest, b).Where(rest + b, rest);
    }

    /// <summary>x − y ⌊x/y⌋ by a literal.</summary>
    public static Expr Mod(this Expr x, double y) => x.Mod(Literals.Like("mod", x, y));

    /// <summary><see cref="FloorDivide(Expr, Expr)"/> and <see cref="Mod(Expr, Expr)"/>.</summary>
    public static (Expr Quotient, Expr Remainder) DivMod(this Expr x, Expr y)
    {
        (Expr a, Expr b) = Broadcasting.Meet("divmod", x, y);
        Expr rest = a.Remainder(b);
        Expr wrong = WrongSide(rest, b);
        Expr mod = wrong.Where(rest + b, rest);
        return a.DType.IsInteger()
            ? ((a / b) - wrong.Cast(a.DType), mod)
            : (((a - rest) / b).Round().StopGradient() - wrong.Cast(a.DType), mod);
    }

    /// <summary>
    /// xⁿ by repeated squaring: exact where the products are; integers wrap. A negative n gives the power of 1/x, of floats alone.
    /// </summary>
    /// <remarks>The derivative is n xⁿ⁻¹, also at 0; x⁰ is 1 for every x, NaN too.</remarks>
    public static Expr IntegerPow(this Expr x, int exponent)
    {
        if (exponent < 0)
        {
            Demand.Differentiable("integer_pow", x);
            return (1.0 / x).IntegerPow(-exponent);
        }

        Expr? product = null;
        Expr power = x;
        for (int rest = exponent; rest > 0; rest >>= 1)
        {
            product = (rest & 1) == 0 ? product : product is null ? power : product * power;
            power = rest > 1 ? power * power : power;
        }

        return product ?? x.OnesLike();
    }

    /// <summary>The greatest common divisor of integers, at least 0; of 0 and 0 it is 0.</summary>
    public static Expr Gcd(this Expr x, Expr y)
    {
        (Expr a, Expr b) = Broadcasting.Meet("gcd", x, y);
        Demand.Integers("gcd", a);
        return Flow.While(
            state => state[1].NotEqual(0).Any(),
            state =>
            {
                Expr going = state[1].NotEqual(0);
                Expr divisor = going.Where(state[1], 1.0);
                return [going.Where(divisor, state[0]), going.Where(state[0].Remainder(divisor), 0.0)];
            },
            [Size(a), Size(b)])[0];
    }

    /// <summary>The least common multiple of integers, at least 0; 0 if either is.</summary>
    public static Expr Lcm(this Expr x, Expr y)
    {
        (Expr a, Expr b) = Broadcasting.Meet("lcm", x, y);
        Demand.Integers("lcm", a);
        Expr divisor = a.Gcd(b);
        return Size(a / divisor.Equal(0).Where(1.0, divisor) * b);
    }

    /// <summary>Where a remainder that is cut towards zero lies on the other side of zero than its divisor.</summary>
    private static Expr WrongSide(Expr rest, Expr divisor) => rest.NotEqual(0).And(rest.Less(0).NotEqual(divisor.Less(0)));

    private static Expr Size(Expr x) => x.DType.IsUnsigned() ? x : x.Abs();
}
