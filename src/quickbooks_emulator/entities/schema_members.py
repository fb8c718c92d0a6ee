"""Decides: which members the public schema knows that nothing here keeps: a client may send them, and they are dropped.

From Finance.xsd in Intuit's QuickBooks-V3-PHP-SDK; without them a client that sends a whole object of its SDK would be refused
with 2010 where the real service takes it. Entities first, then inner objects by the name of their type.
"""

from __future__ import annotations

_TEXT = """
Account: AccountPurposes AcctNumExtn CustomField
Attachable: CustomField documentId
Bill: BillEmail HomeTotalCostAmount ProjectRef RecurringInfo TaxFormNum TaxFormType TotalCostAmount
  TxnApprovalInfo TxnSubType
BillPayment: HomeTotalCostAmount ProjectRef RecurDataRef RecurringInfo TaxFormNum TaxFormType
  TotalCostAmount TxnApprovalInfo TxnSubType VendorAddr
Class: CustomField
CompanyCurrency: AttachableRef CompanyCurrencyEx
CompanyInfo: AttachableRef CompanyEmailAddr CompanyFileName CompanyInfoEx CompanyURL CompanyUserAdminEmail
  CompanyUserId CustomField Fax FifoCalculationStatus FlavorStratum LastImportedTime LastSyncTime Mobile
  OtherAddr OtherContactInfo QBVersion SampleFile ShipAddr TaxYearStartMonth
CreditCardPayment: CreditChargeInfo CreditChargeResponse
CreditMemo: CreditMemoEx DeliveryInfo GovtTxnRefIdentifier HomeTotalCostAmount RecurringInfo
  ShippingTaxIncludedInTotalTax TotalCostAmount TxnStatus TxnSubType
Customer: AcctNum IsCISContractor JobInfo SalesRepRef TDSEnabled TaxGroupCodeRef TaxRateRef TaxRegime
Department: CustomField DepartmentEx
Deposit: HomeTotalCostAmount ProjectRef RecurringInfo TaxFormNum TaxFormType TotalCostAmount TxnApprovalInfo
  TxnSubType
Employee: AlternatePhone CustomField DefaultTaxCodeRef Fax FullyQualifiedName IntuitId Notes UseTimeEntry
Estimate: ARAccountRef Balance DepositToAccountRef EstimateEx GovtTxnRefIdentifier HomeBalance
  HomeTotalCostAmount PaymentMethodRef PaymentRefNum RecurringInfo ShippingTaxIncludedInTotalTax
  TotalCostAmount TrackingNum TxnSubType
ExchangeRate: AttachableRef ExchangeRateEx
InventoryAdjustment: HomeTotalCostAmount LinkedTxn ProjectRef RecurDataRef RecurringInfo ShippingAdjustment
  Tag TaxFormNum TaxFormType TotalCostAmount TransactionLocationType TxnApprovalInfo TxnStatus TxnSubType
  TxnTaxDetail
Invoice: AutoPayEligible CfdiUse ConvenienceFeeDetail ECloudStatusTimeStamp EnabledSurchargeInfo Exportation
  FinancingProductType GlobalInfo GovtTxnRefIdentifier GratuityEnabled HomeTotalCostAmount InvoiceEx
  InvoiceLinkExpiryDate InvoiceLinkSecurityCode LessCIS PaymentDetailsMessage PaymentMethodRef PaymentRefNum
  RecurringInfo SchedulePayEligible ScheduledPaymentId ShippingTaxIncludedInTotalTax
  SubscriptionPaymentsSetting TotalCostAmount TxnRetainageDetail TxnStatus TxnSubType callToAction
  invoiceStatus invoiceStatusLog
Item: BuildPoint COGSAccountRef CustomExtensions PercentBased UQCDisplayText UQCId
JournalEntry: HomeTotalCostAmount ProjectRef RecurringInfo TaxFormNum TaxFormType TotalCostAmount
  TxnApprovalInfo TxnSubType
Payment: HomeTotalCostAmount PaymentExtendedType RecurDataRef RecurringInfo RemitToRef TaxFormNum
  TaxFormType TotalCostAmount TxnApprovalInfo TxnSubType
PaymentMethod: CustomField PaymentMethodEx
Preferences: AdvancedInventoryPrefs AttachableRef CustomField FinanceChargesPrefs PrintDocumentPrefs
Purchase: HomeTotalCostAmount LessCIS ProjectRef RecurringInfo TaxFormNum TaxFormType TotalCostAmount
  TxnApprovalInfo TxnSubType
PurchaseOrder: BillEmail DepartmentRef DropShipToEntity ExpectedDate FOB HomeTotalCostAmount
  InventorySiteRef ManuallyClosed PrintStatus ProjectRef PurchaseOrderEx RecurringInfo ReimbursableInfoRef
  TaxCodeRef TaxFormNum TaxFormType TotalCostAmount TxnApprovalInfo TxnSubType
RecurringTransaction: AttachableRef CustomField IntuitObject
RefundReceipt: DeliveryInfo GovtTxnRefIdentifier HomeBalance HomeTotalCostAmount RecurringInfo
  RefundReceiptEx RemainingCredit ShippingTaxIncludedInTotalTax TotalCostAmount TxnStatus TxnSubType
SalesReceipt: GovtTxnRefIdentifier HomeBalance HomeTotalCostAmount LessCIS RecurringInfo SalesReceiptEx
  ShippingTaxIncludedInTotalTax TotalCostAmount TxnStatus TxnSubType
TaxAgency: APAccountRef AcctNum Active AgencyVerificationStatus AgencyVerificationStatusMsg
  AgencyVerificationTSUTC AltContactName AlternatePhone AttachableRef Balance BillAddr BillRate
  BusinessNumber CISRate CompanyName CompanyRegistrationNumber ContactName CostRate CreditLimit CurrencyRef
  CustomField DefaultTaxCodeRef FamilyName Fax FullyQualifiedName GSTIN GSTRegistrationType GivenName
  HasTPAR IntuitId IsSubContractor MiddleName Mobile Notes OpenBalanceDate Organization OtherAddr
  OtherContactInfo ParentRef PrefillAccountRef PrimaryEmailAddr PrimaryPhone PrintOnCheckName
  ReportingPeriod SalesTaxCodeRef SalesTaxCountry SalesTaxReturnRef ShipAddr Source SubcontractorType Suffix
  T4AEligible T5018Eligible TDSEnabled TDSEntityTypeId TDSOverrideThreshold TDSSectionTypeId TaxAgencyExt
  TaxCountry TaxIdEffectiveDate TaxIdentifier TaxOnPurchasesAccountRef TaxOnTax TaxReportingBasis
  TaxTrackedOnSalesAccountRef TermRef Title UserId V4IDPseudonym Vendor1099 VendorEx VendorPaymentBankDetail
  VendorTypeRef WebAddr
TaxCode: AdjustmentTaxRateList AttachableRef CustomField TaxCodeEx
TaxRate: AttachableRef CustomField TaxRateEx
Term: CustomField
TimeActivity: BreakSeconds CustomField HoursInEmployeeTimeZone OtherNameRef TimeChargeId TimeZone
Transfer: ClassRef DepartmentRef HomeTotalCostAmount ProjectRef RecurringInfo TaxFormNum TaxFormType
  TotalCostAmount TxnApprovalInfo TxnSubType
Vendor: AgencyVerificationStatus AgencyVerificationStatusMsg AgencyVerificationTSUTC CISRate
  CompanyRegistrationNumber CreditLimit CustomField DefaultTaxCodeRef FullyQualifiedName IntuitId
  IsSubContractor ParentRef PrefillAccountRef SubcontractorType TDSEnabled TDSEntityTypeId
  TDSOverrideThreshold TDSSectionTypeId TaxCountry TaxIdEffectiveDate VendorTypeRef
VendorCredit: BillEmail HomeTotalCostAmount ProjectRef RecurringInfo TaxFormNum TaxFormType TotalCostAmount
  TxnApprovalInfo TxnSubType VendorCreditEx
AccountBasedExpenseLineDetail: ExpenseDetailLineDetailEx
BillPaymentCheck: BillPaymentCheckEx
BillPaymentCreditCard: BillPaymentCreditCardEx
DepositLineDetail: DepositLineDetailEx
DescriptionLineDetail: DescriptionLineDetailEx
DiscountLineDetail: DiscountLineDetailEx
GroupLineDetail: GroupLineDetailEx
ItemAdjustmentLineDetail: ClassRef
ItemBasedExpenseLineDetail: InventorySiteRef ItemBasedExpenseLineDetailEx RatePercent TaxClassificationRef
  UnitCostPrice
JournalEntryLineDetail: JournalEntryLineDetailEx TaxRateRef
Line: AccountBasedExpenseLineDetail CostAmount CustomExtensions DepositLineDetail DescriptionLineDetail
  DiscountLineDetail GroupLineDetail HomeCostAmount ItemAdjustmentLineDetail ItemBasedExpenseLineDetail
  ItemReceiptLineDetail JournalEntryLineDetail LineEx PaymentLineDetail ProjectRef
  PurchaseOrderItemLineDetail Received ReimburseLineDetail SalesItemLineDetail SalesOrderItemLineDetail
  SubTotalLineDetail TDSLineDetail TaxLineDetail
SalesItemLineDetail: RetainageAmount UnitCostPrice
TaxLineDetail: TaxLineDetailEx
"""


def _read(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in text.strip().replace("\n  ", " ").splitlines():
        name, _, members = line.partition(": ")
        found[name] = frozenset(members.split())
    return found


DROPPED: dict[str, frozenset[str]] = _read(_TEXT)


def dropped(java_class: str) -> frozenset[str]:
    """The members of a type that are read and dropped."""
    return DROPPED.get(java_class, frozenset())
